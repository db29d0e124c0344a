// SPDX-License-Identifier: Apache-2.0
import type { Family } from '#simulation/kernel/prefix.ts';
import { parsePrefix } from '#simulation/kernel/prefix.ts';
import type { ExternalInterface } from './external-interface.ts';
import { podMtu } from './external-interface.ts';
import type { FlannelHost, FlannelRun } from './flannel-host.ts';
import type { NetConf } from './net-conf.ts';
import { IPIP_NAME, vxlanName } from './peer-entries.ts';

/** Name of wireguard's link: one per family in the mode `separate`, else one for both. */
export function wireguardName(family: Family, mode: string | undefined): string {
  return family === 6 && (mode ?? 'separate') === 'separate' ? 'flannel-wg-v6' : 'flannel-wg';
}

/** Name of the link that a backend sends a family's packets through; undefined for host-gw, which has none. */
export function tunnelName({ backend }: NetConf, family: Family): string | undefined {
  switch (backend.type) {
    case 'vxlan':
      return vxlanName(family, backend.vni);
    case 'wireguard':
      return wireguardName(family, backend.mode);
    case 'ipip':
      return IPIP_NAME;
    default:
      return undefined;
  }
}

/**
 * Makes the links of wireguard, each time anew, and of ipip, unless there is one
 * (flannel@v0.28.9:pkg/backend/wireguard/device.go, pkg/backend/ipip/ipip.go).
 */
export function ensureTunnelLinks(
  { kernel, leases }: FlannelHost,
  config: NetConf,
  external: ExternalInterface,
): void {
  const { type } = config.backend;
  if (type !== 'wireguard' && type !== 'ipip') return;
  const names = new Set(leases.enabled.map((family) => tunnelName(config, family) ?? ''));
  for (const name of names) {
    const exists = kernel.findLink(name) !== undefined;
    if (exists && type === 'ipip') continue;
    if (exists) kernel.deleteLink(name);
    const mac = type === 'ipip' ? external.address : '';
    kernel.addLink({ name, kind: type, mac, mtu: podMtu(config, external), txqlen: 1000 });
    kernel.setUp(name, true);
  }
}

/** The public key that a node's flanneld announces; the real one is random at each start. */
export function wireguardKey(node: string): string {
  return Buffer.from(node.padEnd(32, '.').slice(0, 32)).toString('base64');
}

/**
 * Writes wireguard's one route of each family, the whole network: nothing tells one peer from another but the peers
 * of the link, which no tool of iproute2 shows (pkg/backend/wireguard/wireguard_network.go, addRoute).
 */
export function addNetworkRoutes({ host, config }: FlannelRun): void {
  for (const family of host.leases.enabled) {
    const prefix = parsePrefix(family === 4 ? config.network : (config.ipv6Network ?? ''));
    if (prefix === undefined) continue;
    host.kernel.setRoute(
      {
        type: 'unicast',
        prefix,
        dev: wireguardName(family, config.backend.mode),
        protocol: 'boot',
        scope: family === 4 ? 'link' : 'global',
        metric: family === 4 ? 0 : 1024,
        onlink: false,
      },
      'replace',
    );
  }
}
