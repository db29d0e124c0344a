// SPDX-License-Identifier: Apache-2.0

/** What may differ between healthy clusters. */
export interface HealthyOptions {
  /** Number of Linux nodes, 1 to 250 with the default pod ranges; default 3. They are node1, node2, … */
  readonly nodes?: number;
  /** Nodes that run Windows, in addition: win1, win2, … */
  readonly windowsNodes?: number;
  /** Nodes that no machine stands behind, in addition, as virtual-kubelet makes them: virtual1, virtual2, … */
  readonly virtualNodes?: number;
  /** Nodes that flannel's DaemonSet leaves out by their taint, in addition: apart1, apart2, … */
  readonly nodesApart?: number;
  /** `Backend.VNI`; default 1. */
  readonly vni?: number;
  /** `Backend.Port`; absent means that net-conf names none. */
  readonly port?: number;
  /** MTU of eth0, bytes; default 1500. */
  readonly underlayMtu?: number;
  /** `Backend.MTU`; absent means that net-conf names none. */
  readonly backendMtu?: number;
  /** Default `flannel.alpha.coreos.com`. */
  readonly annotationPrefix?: string;
  /** DirectRouting; nodes with odd numbers then share one segment, the others are behind a router. */
  readonly directRouting?: boolean;
  /** Default `vxlan`. */
  readonly backend?: 'vxlan' | 'host-gw' | 'wireguard' | 'ipip';
  /** wireguard: `Mode`; absent means that net-conf names none. */
  readonly wireguardMode?: string;
  /** IPv6 beside IPv4. */
  readonly dualStack?: boolean;
}

/** One node of a healthy cluster, from which all of its facts follow. */
export interface HealthyNode {
  readonly name: string;
  readonly podCidr: string;
  readonly network: string;
  readonly gateway: string;
  readonly podCidr6: string;
  readonly network6: string;
  readonly publicIp: string;
  readonly publicIp6: string;
  readonly vtepMac: string;
  readonly vtepMac6: string;
  readonly directSegment: boolean;
}

/** The numbered node of a healthy cluster, 1-based. */
export function healthyNode(number: number, directRouting: boolean): HealthyNode {
  const high = Math.floor(number / 256);
  const low = number % 256;
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const directSegment = !directRouting || number % 2 === 1;
  return {
    name: `node${String(number)}`,
    podCidr: `10.${String(244 + high)}.${String(low)}.0/24`,
    network: `10.${String(244 + high)}.${String(low)}.0`,
    gateway: `10.${String(244 + high)}.${String(low)}.1/24`,
    podCidr6: `fd00:244:0:${number.toString(16)}::/64`,
    network6: `fd00:244:0:${number.toString(16)}::`,
    publicIp: `${directSegment ? '192.0.2' : '198.51.100'}.${String(number % 250)}`,
    publicIp6: `2001:db8::${number.toString(16)}`,
    vtepMac: `02:00:00:00:${hex(high)}:${hex(low)}`,
    vtepMac6: `02:00:00:06:${hex(high)}:${hex(low)}`,
    directSegment,
  };
}
