// SPDX-License-Identifier: Apache-2.0

import { directLinkTo, shapeTowards } from '#expected/direct-routing.ts';
import type { Peer } from '#expected/peer-plan.ts';
import type { RoutePlan } from '#expected/route-plan.ts';
import type { VxlanPeer } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';

/**
 * A route as `ip -d route show` prints it, single-spaced, with all that is known of it
 * (iproute2@v6.1.0:ip/iproute.c, print_route). The preference of IPv6 routers is taken to be the usual one.
 */
export function routeLine(route: Route): string {
  const { type, gateway, link, protocol, scope, metric, onlink } = route;
  const words = [
    type,
    printedDestination(route),
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(link === undefined ? [] : ['dev', link]),
    'proto',
    protocol,
    'scope',
    scope,
    ...(route.family === 6 || metric !== 0 ? ['metric', String(metric)] : []),
    ...(onlink ? ['onlink'] : []),
    ...(route.family === 6 ? ['pref', 'medium'] : []),
  ];
  return words.join(' ');
}

/** `default` for a route to everywhere, a bare address for one host. */
function printedDestination({ dst, family }: Route): string {
  if (dst === '0.0.0.0/0' || dst === '::/0') return 'default';
  return dst.endsWith(family === 4 ? '/32' : '/128') ? dst.slice(0, dst.indexOf('/')) : dst;
}

/**
 * The route to a peer as flannel would write it now; undefined where it leads past the tunnel and the peer is on
 * no segment of this node.
 */
export function peerRouteLine(
  plan: RoutePlan,
  routes: readonly Route[],
  peer: Peer,
): string | undefined {
  const tunnelled =
    plan.backend === 'vxlan' && shapeTowards(plan, routes, peer.publicIp) === 'tunnel';
  const link = tunnelled ? peer.link : directLinkTo(routes, peer.publicIp);
  if (link === undefined) return undefined;
  return routeLine({
    family: peer.family,
    dst: peer.podCidr,
    gateway: tunnelled ? peer.network : peer.publicIp,
    link,
    type: 'unicast',
    protocol: 'boot',
    scope: 'global',
    metric: peer.family === 6 ? 1024 : 0,
    onlink: tunnelled,
  });
}

/** A permanent neighbour entry as `ip neigh show dev LINK` prints it, single-spaced. */
export function neighbourLine({ address, mac = '' }: Pick<Neighbour, 'address' | 'mac'>): string {
  return `${address} lladdr ${mac} PERMANENT`;
}

/** The neighbour entry of a peer. */
export function peerNeighbourLine({ network, vtepMac }: VxlanPeer): string {
  return neighbourLine({ address: network, mac: vtepMac });
}

/** An FDB entry as `bridge fdb show dev LINK` prints it, single-spaced. */
export function fdbLine({ mac, dst, state }: FdbEntry): string {
  return [mac, ...(dst === undefined ? [] : ['dst', dst]), 'self', state].join(' ').trim();
}

/** The FDB entry of a peer. */
export function peerFdbLine({ vtepMac, publicIp, link }: VxlanPeer): string {
  return fdbLine({ mac: vtepMac, link, dst: publicIp, state: 'permanent' });
}

/** A line as a person writes it: without what the tools take for granted. */
export function shortLine(line: string): string {
  return line
    .replace(/^unicast /, '')
    .replace(' proto boot', '')
    .replace(' scope global', '')
    .replace(' pref medium', '');
}
