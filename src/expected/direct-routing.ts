// SPDX-License-Identifier: Apache-2.0

import type { PeerShape } from '#expected/entry-meaning.ts';
import { memoiseByIdentity } from '#expected/memoise.ts';
import type { Route } from '#model/kernel.ts';
import { parseAddress } from '#model/net/address.ts';
import { type Cidr, cidrContains, parseCidr } from '#model/net/cidr.ts';

interface ParsedRoute {
  readonly cidr: Cidr;
  readonly route: Route;
}

/** Routes from the most to the least specific, then by metric: the order of the kernel's choice. */
const bySpecificity = memoiseByIdentity((routes: readonly Route[]): readonly ParsedRoute[] => {
  const parsed = routes.flatMap((route) => {
    const cidr = parseCidr(route.dst);
    return cidr === undefined ? [] : [{ cidr, route }];
  });
  return parsed.sort((a, b) => b.cidr.length - a.cidr.length || a.route.metric - b.route.metric);
});

/** The route that a packet to `address` takes by the main table alone; undefined when none matches. */
export function routeTo(routes: readonly Route[], address: string): Route | undefined {
  const target = parseAddress(address);
  if (target === undefined) return undefined;
  return bySpecificity(routes).find(({ cidr }) => cidrContains(cidr, target))?.route;
}

/**
 * Whether flannel's DirectRouting takes the peer as being on the same segment: the route to its public IP
 * has no gateway (flannel@v0.28.9:pkg/ip/iface.go, DirectRouting). Flannel asks once, when the peer appears;
 * this asks now.
 */
export function isDirectlyReachable(routes: readonly Route[], publicIp: string): boolean {
  return directLinkTo(routes, publicIp) !== undefined;
}

/** The link on whose segment an address is, by the route that a packet to it takes; undefined when on none. */
export function directLinkTo(routes: readonly Route[], address: string): string | undefined {
  const route = routeTo(routes, address);
  return route !== undefined && isOnLink(route) ? route.link : undefined;
}

function isOnLink({ type, gateway, link }: Route): boolean {
  return type === 'unicast' && gateway === undefined && link !== undefined;
}

const onLinkRoutes = memoiseByIdentity((routes: readonly Route[]): readonly ParsedRoute[] =>
  bySpecificity(routes).filter(({ route }) => isOnLink(route)),
);

/**
 * Whether a route's next hop is on the segment of another link than the route's own. False where the main table
 * names no segment that the next hop is on: another table may.
 */
export function leavesSegment(routes: readonly Route[], { gateway, link }: Route): boolean {
  const target = gateway === undefined ? undefined : parseAddress(gateway);
  if (target === undefined) return false;
  const around = onLinkRoutes(routes).filter(({ cidr }) => cidrContains(cidr, target));
  return around.length > 0 && around.every(({ route }) => route.link !== link);
}

/** How flannel would reach a peer if it wrote the entries now; always through the tunnel without DirectRouting. */
export function shapeTowards(
  plan: { readonly directRouting: boolean },
  routes: readonly Route[],
  publicIp: string,
): PeerShape {
  return plan.directRouting && isDirectlyReachable(routes, publicIp) ? 'direct' : 'tunnel';
}
