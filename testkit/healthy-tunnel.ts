// SPDX-License-Identifier: Apache-2.0

import type { NetConf } from '#model/cluster.ts';
import type { Link, Route } from '#model/kernel.ts';
import type { HealthyNode } from './healthy-node.ts';

/** Backends whose link carries bare IP packets. */
export type TunnelBackend = 'wireguard' | 'ipip';

/** Bytes that each takes off the MTU. */
export const TUNNEL_OVERHEAD: Readonly<Record<TunnelBackend, number>> = { wireguard: 80, ipip: 20 };

/** The links of a healthy node with one of these backends. */
export function tunnelLinks(
  backend: TunnelBackend,
  netConf: NetConf,
  underlayMtu: number,
): readonly Link[] {
  if (backend === 'ipip') {
    return [{ ifindex: 10, name: 'flannel.ipip', up: true, mtu: underlayMtu - 20, kind: 'ipip' }];
  }
  const names = netConf.ipv6 && netConf.mode === undefined ? ['flannel-wg', 'flannel-wg-v6'] : [''];
  return names.map((name, index) => ({
    ifindex: 10 + index,
    name: name === '' ? 'flannel-wg' : name,
    up: true,
    mtu: (netConf.mtu ?? underlayMtu) - 80,
    kind: 'wireguard',
  }));
}

/** The routes that flannel writes on a healthy node with one of these backends. */
export function tunnelRoutes(
  backend: TunnelBackend,
  netConf: NetConf,
  own: HealthyNode,
  peers: readonly HealthyNode[],
): readonly Route[] {
  const common = { type: 'unicast', protocol: 'boot' };
  if (backend === 'ipip') {
    return peers.map((peer) => {
      const direct = netConf.directRouting && peer.directSegment === own.directSegment;
      return {
        ...common,
        family: 4,
        dst: peer.podCidr,
        gateway: peer.publicIp,
        link: direct ? 'eth0' : 'flannel.ipip',
        scope: 'global',
        metric: 0,
        onlink: true,
      };
    });
  }
  if (peers.length === 0) return [];
  const { network = '10.244.0.0/15', ipv6, ipv6Network, mode } = netConf;
  const v4: Route = {
    ...common,
    family: 4,
    dst: network,
    link: 'flannel-wg',
    scope: 'link',
    metric: 0,
    onlink: false,
  };
  if (!ipv6 || ipv6Network === undefined) return [v4];
  const link = mode === undefined ? 'flannel-wg-v6' : 'flannel-wg';
  const v6: Route = { ...v4, family: 6, dst: ipv6Network, link, scope: 'global', metric: 1024 };
  return [v4, v6];
}
