// SPDX-License-Identifier: Apache-2.0

import type { HostGwFamilyPlan } from '#expected/host-gw-plan.ts';
import type { IpipFamilyPlan } from '#expected/ipip-plan.ts';
import type { FamilyPlan, Peer } from '#expected/peer-plan.ts';
import { nodeAround } from '#expected/route-overlap.ts';
import type { VxlanFamilyPlan, VxlanPeer } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import { cidrIncludes, networkAddress, parseCidr } from '#model/net/cidr.ts';

/** How a node reaches a peer: through the tunnel, or directly (DirectRouting on one segment). */
export type PeerShape = 'tunnel' | 'direct';

/** What one observed entry means, whoever holds it. */
export interface EntryMeaning<P extends Peer = VxlanPeer> {
  /** The peer it is about; absent when it is about none: a leftover. */
  readonly peer?: P;
  /** The shape in which it is right; absent when it is wrong in every shape. */
  readonly fits?: PeerShape;
}

/** The meaning of an entry; undefined for one that is no business of flannel's. */
export type MeaningOf<E, P extends Peer, F extends FamilyPlan<P>> = (
  entry: E,
  family: F,
) => EntryMeaning<P> | undefined;

/** A route is about the peer whose pod range is its destination, whatever its link. */
export const meaningOfRoute: MeaningOf<Route, VxlanPeer, VxlanFamilyPlan> = (route, family) => {
  if (route.family !== family.family || family.unjudged.has(route.dst)) return undefined;
  const viaTunnel = route.link === family.link;
  const peer = family.byPodCidr.get(route.dst);
  if (peer === undefined) {
    return viaTunnel && isPeerRoute(route) && isVxlanShaped(route, family) ? {} : undefined;
  }
  if (route.type !== 'unicast') return { peer };
  const nextHop = viaTunnel ? peer.network : peer.publicIp;
  if (route.gateway !== nextHop) return { peer };
  return { peer, fits: viaTunnel ? 'tunnel' : 'direct' };
};

/** Routes that the kernel itself keeps on the link (its own address, link-local) are not flannel's. */
function isPeerRoute(route: Route): boolean {
  return route.protocol !== 'kernel' && route.gateway !== undefined;
}

/**
 * Flannel's next hop is the first address of the range itself. A route with another one is an administrator's, as to
 * a VPN behind a node. Within the pod range of a node it counts all the same: there it is in the way, whoever wrote it.
 */
function isVxlanShaped({ dst, gateway }: Route, family: VxlanFamilyPlan): boolean {
  const range = parseCidr(dst);
  if (range === undefined) return false;
  return gateway === networkAddress(range) || nodeAround(family, dst) !== undefined;
}

/** With host-gw a route is about the peer whose pod range is its destination, and right by the peer's public IP. */
export const meaningOfHostGwRoute: MeaningOf<Route, Peer, HostGwFamilyPlan> = (route, family) => {
  if (route.family !== family.family || family.unjudged.has(route.dst)) return undefined;
  const peer = family.byPodCidr.get(route.dst);
  if (peer === undefined) return looksLikeHostGw(route, family) ? {} : undefined;
  const isRight = route.type === 'unicast' && route.gateway === peer.publicIp;
  return isRight ? { peer, fits: 'direct' } : { peer };
};

/**
 * With ipip the next hop is the peer's public IP in both shapes, and the link tells which it is. A route through the
 * tunnel to a range outside of the pod network is an administrator's, as to a VPN behind a node.
 */
export const meaningOfIpipRoute: MeaningOf<Route, Peer, IpipFamilyPlan> = (route, family) => {
  if (route.family !== family.family || family.unjudged.has(route.dst)) return undefined;
  const viaTunnel = route.link === family.link;
  const peer = family.byPodCidr.get(route.dst);
  if (peer === undefined) {
    return viaTunnel && isPeerRoute(route) && isOfPods(route, family) ? {} : undefined;
  }
  if (route.type !== 'unicast' || route.gateway !== peer.publicIp) return { peer };
  return { peer, fits: viaTunnel ? 'tunnel' : 'direct' };
};

function isOfPods({ dst }: Route, { range }: IpipFamilyPlan): boolean {
  const destination = parseCidr(dst);
  return destination !== undefined && range !== undefined && cidrIncludes(range, destination);
}

/**
 * No link of its own tells host-gw's routes from others. One of flannel's has a next hop, the protocol that its
 * netlink library leaves, and a destination in the pod network that is as long as a pod range or lies in one.
 */
export function looksLikeHostGw(route: Route, family: HostGwFamilyPlan): boolean {
  if (route.protocol !== 'boot' || route.gateway === undefined) return false;
  const { range, lengths } = family;
  const dst = parseCidr(route.dst);
  if (dst === undefined || range === undefined || !cidrIncludes(range, dst)) return false;
  return lengths.has(dst.length) || nodeAround(family, route.dst) !== undefined;
}

/** Whether a route may be a leftover of host-gw's, and nothing tells: the tool does not say who made it. */
export function isDoubtfulHostGw(route: Route, family: HostGwFamilyPlan): boolean {
  return (
    route.protocol === undefined &&
    !family.byPodCidr.has(route.dst) &&
    looksLikeHostGw({ ...route, protocol: 'boot' }, family)
  );
}

/**
 * A neighbour is about the peer whose network address it has. One without a MAC is the kernel's own note of a
 * failed resolution: as good as missing. One that may age out is wrong: flannel's are permanent.
 */
export const meaningOfNeighbour: MeaningOf<Neighbour, VxlanPeer, VxlanFamilyPlan> = (
  neighbour,
  family,
) => {
  if (neighbour.link !== family.link || neighbour.family !== family.family) return undefined;
  if (neighbour.mac === undefined || family.unjudged.has(neighbour.address)) return undefined;
  const lasting = neighbour.nud === 'permanent' || neighbour.nud === 'noarp';
  const peer = family.byNetwork.get(neighbour.address);
  if (peer === undefined) return lasting ? {} : undefined;
  return lasting && neighbour.mac === peer.vtepMac ? { peer, fits: 'tunnel' } : { peer };
};

/** An FDB entry is about the peer whose VtepMAC it has; group addresses are the link's own. */
export const meaningOfFdbEntry: MeaningOf<FdbEntry, VxlanPeer, VxlanFamilyPlan> = (
  entry,
  family,
) => {
  if (entry.link !== family.link || isGroupMac(entry.mac)) return undefined;
  if (family.unjudged.has(entry.mac)) return undefined;
  const peer = family.byVtepMac.get(entry.mac);
  if (peer === undefined) return {};
  return entry.dst === peer.publicIp ? { peer, fits: 'tunnel' } : { peer };
};

function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(1, 2), 16) & 1) === 1;
}
