// SPDX-License-Identifier: Apache-2.0

/** What flanneld reads from `net-conf.json`, with its defaults (flannel@v0.28.9:pkg/subnet/config.go). */
export interface NetConf {
  /** IPv4 network of the cluster. */
  readonly network: string;
  /** IPv6 network; used when `enableIPv6`. */
  readonly ipv6Network?: string;
  /** Default true. */
  readonly enableIPv4?: boolean;
  readonly enableIPv6: boolean;
  readonly backend: {
    readonly type: string;
    readonly vni: number;
    /** UDP port; 0: the kernel's default, 8472. */
    readonly port: number;
    readonly directRouting: boolean;
    /** wireguard: `Mode`; absent: `separate`. */
    readonly mode?: string;
    /** Underlay MTU in bytes; absent: that of the external interface. */
    readonly mtu?: number;
  };
}

/** Default VXLAN port of the kernel. */
export const KERNEL_VXLAN_PORT = 8472;

/** Parses `net-conf.json`; keys are matched in any case, as Go does. Undefined when it is no JSON object. */
export function parseNetConf(text: string): NetConf | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const config = fieldsOf(parsed);
  const backend = fieldsOf(config?.get('backend'));
  if (config === undefined) return undefined;
  const ipv6Network = config.get('ipv6network');
  return {
    network: textOf(config.get('network')),
    ...(typeof ipv6Network === 'string' ? { ipv6Network } : {}),
    ...(config.get('enableipv4') === false ? { enableIPv4: false } : {}),
    enableIPv6: config.get('enableipv6') === true,
    backend: backendOf(backend),
  };
}

function backendOf(backend: ReadonlyMap<string, unknown> | undefined): NetConf['backend'] {
  const mtu = backend?.get('mtu');
  const mode = backend?.get('mode');
  return {
    type: textOf(backend?.get('type')) || 'udp',
    vni: numberOf(backend?.get('vni'), 1),
    port: numberOf(backend?.get('port'), 0),
    directRouting: backend?.get('directrouting') === true,
    ...(typeof mtu === 'number' ? { mtu } : {}),
    ...(typeof mode === 'string' ? { mode } : {}),
  };
}

/** Text of `net-conf.json`, as the manifests write it. */
export function formatNetConf(netConf: NetConf): string {
  const { network, ipv6Network, enableIPv4, enableIPv6, backend } = netConf;
  const { type, vni, port, directRouting, mtu, mode } = backend;
  const config = {
    ...(enableIPv4 === false ? { EnableIPv4: false } : { Network: network }),
    ...(enableIPv6 ? { EnableIPv6: true, IPv6Network: ipv6Network } : {}),
    Backend: {
      Type: type,
      ...(vni === 1 ? {} : { VNI: vni }),
      ...(port === 0 ? {} : { Port: port }),
      ...(directRouting ? { DirectRouting: true } : {}),
      ...(mtu === undefined ? {} : { MTU: mtu }),
      ...(mode === undefined ? {} : { Mode: mode }),
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(
    Object.entries(value).map(([key, field]) => [key.toLowerCase(), field as unknown]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
