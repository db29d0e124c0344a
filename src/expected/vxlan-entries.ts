// SPDX-License-Identifier: Apache-2.0

import { isDirectlyReachable, leavesSegment } from '#expected/direct-routing.ts';
import {
  type EntryMeaning,
  type MeaningOf,
  type PeerShape,
  looksLikeHostGw,
  meaningOfFdbEntry,
  meaningOfHostGwRoute,
  meaningOfIpipRoute,
  meaningOfNeighbour,
  meaningOfRoute,
} from '#expected/entry-meaning.ts';
import type { HostGwFamilyPlan, HostGwPlan } from '#expected/host-gw-plan.ts';
import type { IpipFamilyPlan, IpipPlan } from '#expected/ipip-plan.ts';
import { memoisePerNode } from '#expected/memoise.ts';
import type { FamilyPlan, Peer } from '#expected/peer-plan.ts';
import type { RoutePlan } from '#expected/route-plan.ts';
import type { VxlanFamilyPlan, VxlanPeer, VxlanPlan } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';

/** An observed entry and its position in its fact, for evidence. */
export interface Located<E> {
  readonly entry: E;
  readonly index: number;
}

/** An entry that is about a peer but not as it has to be. */
export interface WrongEntry<E, P extends Peer = VxlanPeer> extends Located<E> {
  readonly peer: P;
}

/** An entry that no peer asks for. */
export interface StaleEntry<E, P extends Peer = VxlanPeer> extends Located<E> {
  readonly family: FamilyPlan<P>;
  /** Set when the entry is about the node that has it: only other nodes need one. */
  readonly own?: P;
}

/** A node's entries of one kind held against the plan. Each missing peer has neither a right nor a wrong entry. */
export interface EntryComparison<E, P extends Peer = VxlanPeer> {
  readonly missing: readonly P[];
  readonly wrong: readonly WrongEntry<E, P>[];
  readonly stale: readonly StaleEntry<E, P>[];
}

interface Kind<E, P extends Peer, F extends FamilyPlan<P>> {
  readonly meaning: (entry: E, family: F) => EntryMeaning<P> | undefined;
  /** Whether this node needs an entry of this kind for the peer. */
  readonly needed: (peer: P) => boolean;
  readonly allowed: (shape: PeerShape, entry: E) => boolean;
  /** Whether an entry about the node itself is a leftover although it would be right on no node. */
  readonly strays?: (entry: E, family: F) => boolean;
  /** Whether a wrong entry does harm beside a right one. */
  readonly harmsBeside: (wrong: E, right: E) => boolean;
}

/**
 * Meanings are kept as long as the family's plan: equal entries of different nodes are one object, so each
 * distinct entry is judged once for the whole cluster.
 */
function oncePerEntry<E extends object, P extends Peer, F extends FamilyPlan<P>>(
  meaningOf: MeaningOf<E, P, F>,
): MeaningOf<E, P, F> {
  const caches = new WeakMap<F, Map<E, EntryMeaning<P> | undefined>>();
  return (entry, family) => {
    let cache = caches.get(family);
    if (cache === undefined) {
      cache = new Map();
      caches.set(family, cache);
    }
    const known = cache.get(entry);
    if (known !== undefined || cache.has(entry)) return known;
    const meaning = meaningOf(entry, family);
    cache.set(entry, meaning);
    return meaning;
  };
}

const routeMeaning = oncePerEntry(meaningOfRoute);
const hostGwRouteMeaning = oncePerEntry(meaningOfHostGwRoute);
const ipipRouteMeaning = oncePerEntry(meaningOfIpipRoute);
const neighbourMeaning = oncePerEntry(meaningOfNeighbour);
const fdbMeaning = oncePerEntry(meaningOfFdbEntry);

function compareFamily<E, P extends Peer, F extends FamilyPlan<P>>(
  family: F,
  node: string,
  entries: readonly E[],
  kind: Kind<E, P, F>,
): EntryComparison<E, P> {
  const right = new Array<E | undefined>(family.peers.length);
  const suspects: WrongEntry<E, P>[] = [];
  const stale: StaleEntry<E, P>[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] as E;
    const meaning = kind.meaning(entry, family);
    if (meaning === undefined) continue;
    const { peer, fits } = meaning;
    if (peer === undefined) stale.push({ entry, index, family });
    else if (peer.node === node) {
      if (fits === 'tunnel' || kind.strays?.(entry, family) === true) {
        stale.push({ entry, index, family, own: peer });
      }
    } else if (fits !== undefined && kind.allowed(fits, entry)) right[peer.ordinal] ??= entry;
    else suspects.push({ entry, index, peer });
  }
  const wrong = suspects.filter(({ entry, peer }) => {
    const good = right[peer.ordinal];
    return kind.needed(peer) && (good === undefined || kind.harmsBeside(entry, good));
  });
  const wrongPeers = new Set(wrong.map(({ peer }) => peer));
  const missing = family.peers.filter(
    (peer) =>
      right[peer.ordinal] === undefined &&
      peer.node !== node &&
      kind.needed(peer) &&
      !wrongPeers.has(peer),
  );
  return { missing, wrong, stale };
}

function compare<E, P extends Peer, F extends FamilyPlan<P>>(
  plan: { readonly families: readonly F[] },
  node: string,
  entries: readonly E[],
  kind: Kind<E, P, F>,
): EntryComparison<E, P> {
  const parts = plan.families.map((family) => compareFamily(family, node, entries, kind));
  return {
    missing: parts.flatMap((part) => part.missing),
    wrong: parts.flatMap((part) => part.wrong),
    stale: parts.flatMap((part) => part.stale),
  };
}

/** A node's routes against the plan. The route with the lowest metric is the one the kernel takes. */
export const compareRoutes: (
  node: string,
  plan: RoutePlan,
  routes: readonly Route[],
) => EntryComparison<Route, Peer> = memoisePerNode((node, plan: RoutePlan, routes) => {
  if (plan.backend === 'vxlan') return compareVxlanRoutes(node, plan, routes);
  return plan.backend === 'ipip'
    ? compareIpipRoutes(node, plan, routes)
    : compareHostGwRoutes(node, plan, routes);
});

function compareVxlanRoutes(
  node: string,
  plan: VxlanPlan,
  routes: readonly Route[],
): EntryComparison<Route, Peer> {
  return compare<Route, VxlanPeer, VxlanFamilyPlan>(plan, node, routes, {
    meaning: routeMeaning,
    needed: () => true,
    allowed: (shape) => shape === 'tunnel' || plan.directRouting,
    strays: (route, family) => route.link === family.link && !isKernelRoute(route),
    harmsBeside,
  });
}

/** Where the tool tells no protocol, one without a next hop may be the kernel's own. */
function isKernelRoute({ protocol, gateway }: Route): boolean {
  return protocol === 'kernel' || (protocol === undefined && gateway === undefined);
}

function compareHostGwRoutes(
  node: string,
  plan: HostGwPlan,
  routes: readonly Route[],
): EntryComparison<Route, Peer> {
  return compare<Route, Peer, HostGwFamilyPlan>(plan, node, routes, {
    meaning: hostGwRouteMeaning,
    needed: () => true,
    allowed: (_, route) => !leavesSegment(routes, route),
    strays: looksLikeHostGw,
    harmsBeside,
  });
}

function compareIpipRoutes(
  node: string,
  plan: IpipPlan,
  routes: readonly Route[],
): EntryComparison<Route, Peer> {
  return compare<Route, Peer, IpipFamilyPlan>(plan, node, routes, {
    meaning: ipipRouteMeaning,
    needed: () => true,
    allowed: (shape, route) =>
      shape === 'tunnel' || (plan.directRouting && !leavesSegment(routes, route)),
    strays: (route, family) => route.link === family.link && !isKernelRoute(route),
    harmsBeside,
  });
}

function harmsBeside(wrong: Route, right: Route): boolean {
  return wrong.metric < right.metric;
}

/**
 * The peers that a node reaches directly, so that neither neighbour nor FDB entry is needed for them. The route
 * that is there decides; where there is none, what flannel would decide now. Empty without DirectRouting.
 */
export const directPeers: (
  node: string,
  plan: VxlanPlan,
  routes: readonly Route[],
) => ReadonlySet<VxlanPeer> = memoisePerNode((node, plan, routes) => {
  if (!plan.directRouting) return new Set();
  return new Set(
    plan.families.flatMap((family) => {
      const shapes = shapesInUse(routes, family);
      return family.peers.filter((peer) => {
        if (peer.node === node) return false;
        const shape = shapes.get(peer);
        return shape === undefined
          ? isDirectlyReachable(routes, peer.publicIp)
          : shape === 'direct';
      });
    }),
  );
});

function shapesInUse(
  routes: readonly Route[],
  family: VxlanFamilyPlan,
): ReadonlyMap<VxlanPeer, PeerShape> {
  const shapes = new Map<VxlanPeer, PeerShape>();
  for (const route of routes) {
    const meaning = routeMeaning(route, family);
    if (meaning?.peer && meaning.fits) shapes.set(meaning.peer, meaning.fits);
  }
  return shapes;
}

/** A node's neighbours of flannel's links against the plan; `routes` tell which peers are reached directly. */
export const compareNeighbours: (
  node: string,
  plan: VxlanPlan,
  neighbours: readonly Neighbour[],
  routes: readonly Route[],
) => EntryComparison<Neighbour> = memoisePerNode((node, plan, neighbours, routes) => {
  const direct = directPeers(node, plan, routes);
  return compare<Neighbour, VxlanPeer, VxlanFamilyPlan>(plan, node, neighbours, {
    meaning: neighbourMeaning,
    needed: (peer) => !direct.has(peer),
    allowed: () => true,
    harmsBeside: () => true,
  });
});

/**
 * A node's FDB entries of flannel's links against the plan; `routes` tell which peers are reached directly.
 * Of several destinations for one MAC the kernel takes the first, so one too many is wrong.
 */
export const compareFdb: (
  node: string,
  plan: VxlanPlan,
  fdb: readonly FdbEntry[],
  routes: readonly Route[],
) => EntryComparison<FdbEntry> = memoisePerNode((node, plan, fdb, routes) => {
  const direct = directPeers(node, plan, routes);
  return compare<FdbEntry, VxlanPeer, VxlanFamilyPlan>(plan, node, fdb, {
    meaning: fdbMeaning,
    needed: (peer) => !direct.has(peer) && !peer.sharesVtepMac,
    allowed: () => true,
    harmsBeside: () => true,
  });
});
