// SPDX-License-Identifier: Apache-2.0

import type { PeerShape } from '#expected/entry-meaning.ts';
import type { Peer } from '#expected/peer-plan.ts';
import type { ExpectedVxlanLink } from '#expected/vxlan-link.ts';
import type { VxlanPeer } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';

/** A peer's route as `ip route` prints it; `link` is that of a direct route, where it is known. */
export function routeText(peer: Peer, shape: PeerShape, link?: string): string {
  if (shape === 'tunnel' && peer.link !== undefined) {
    return `${peer.podCidr} via ${peer.network} dev ${peer.link} onlink`;
  }
  const dev = link === undefined ? '' : ` dev ${link}`;
  return `${peer.podCidr} via ${peer.publicIp}${dev}`;
}

/** A peer's route with ipip, whichever link it leads by: the next hop is taken as being on it. */
export function ipipRouteText(peer: Peer, link: string | undefined): string {
  return `${routeText(peer, 'direct', link)} onlink`;
}

/** A peer's neighbour entry as `ip neigh` prints it. */
export function neighbourText(peer: VxlanPeer): string {
  return `${peer.network} dev ${peer.link} lladdr ${peer.vtepMac} PERMANENT`;
}

/** A peer's FDB entry as `bridge fdb` prints it. */
export function fdbText(peer: VxlanPeer): string {
  return `${peer.vtepMac} dev ${peer.link} dst ${peer.publicIp} self permanent`;
}

/** An observed route as `ip route` prints it. */
export function observedRouteText(route: Route): string {
  const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  const link = route.link === undefined ? '' : ` dev ${route.link}`;
  const metric = route.metric === 0 ? '' : ` metric ${String(route.metric)}`;
  const type = route.type === 'unicast' ? '' : `${route.type} `;
  return `${type}${route.dst}${via}${link}${metric}${route.onlink ? ' onlink' : ''}`;
}

/** An observed neighbour entry as `ip neigh` prints it. */
export function observedNeighbourText(neighbour: Neighbour): string {
  const mac = neighbour.mac === undefined ? '' : ` lladdr ${neighbour.mac}`;
  return `${neighbour.address} dev ${neighbour.link}${mac} ${neighbour.nud.toUpperCase()}`;
}

/** An observed FDB entry as `bridge fdb` prints it. */
export function observedFdbText(entry: FdbEntry): string {
  const dst = entry.dst === undefined ? '' : ` dst ${entry.dst}`;
  const state = entry.state === '' ? '' : ` ${entry.state}`;
  return `${entry.mac} dev ${entry.link}${dst} self${state}`;
}

/** A vxlan link as it has to be, in the words of `ip -d link`. */
export function vxlanLinkText(link: ExpectedVxlanLink): string {
  const learning = link.learning ? 'learning' : 'nolearning';
  const gbp = link.gbp ? ' gbp' : '';
  return `${link.name} vxlan id ${String(link.vni)} dstport ${String(link.port)} ${learning}${gbp}`;
}
