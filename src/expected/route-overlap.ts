// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import type { FamilyPlan, Peer } from '#expected/peer-plan.ts';
import type { Route } from '#model/kernel.ts';
import { formatCidr, networkAddress, parseCidr } from '#model/net/cidr.ts';

const prefixLengths = memoiseByIdentity((family: FamilyPlan): readonly number[] => {
  const lengths = family.peers.map(({ podCidr }) => parseCidr(podCidr)?.length ?? 0);
  return [...new Set(lengths)].sort((a, b) => b - a);
});

/**
 * The node in whose pod range a smaller range lies: a route to the smaller one wins over the route to the whole
 * range, because the kernel takes the longest prefix. Undefined when `dst` is not inside one, or is one itself.
 */
export function nodeAround(family: FamilyPlan, dst: string): Peer | undefined {
  const inner = parseCidr(dst);
  if (inner === undefined) return undefined;
  for (const length of prefixLengths(family)) {
    if (length >= inner.length) continue;
    const outer = parseCidr(`${networkAddress(inner)}/${String(length)}`);
    const peer = outer && family.byPodCidr.get(formatCidr(outer));
    if (peer !== undefined) return peer;
  }
  return undefined;
}

/**
 * Whether another route to the same destination has a lower metric, so that the kernel never takes this one.
 * Equal metrics do not count: then the route that was there first wins, which a listing does not always tell.
 */
export function isOutranked(routes: readonly Route[], route: Route): boolean {
  return routes.some(
    ({ family, dst, metric }) =>
      family === route.family && dst === route.dst && metric < route.metric,
  );
}

/** Whether a route leads to the peer itself, through flannel's own link or past it, so that it is no detour. */
export function leadsToPeer({ type, gateway, link }: Route, peer: Peer): boolean {
  if (type !== 'unicast' || gateway === undefined) return false;
  return gateway === peer.publicIp || (gateway === peer.network && link === peer.link);
}
