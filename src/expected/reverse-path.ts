// SPDX-License-Identifier: Apache-2.0

import { routeTo } from '#expected/direct-routing.ts';
import type { VxlanPeer, VxlanPlan } from '#expected/vxlan-plan.ts';
import type { Route } from '#model/kernel.ts';
import { sameAddress } from '#model/net/address.ts';
import { cidrIncludes, parseCidr } from '#model/net/cidr.ts';

/** A peer whose packets come in by flannel's link while the way back to it leads over another. */
export interface AsymmetricPeer {
  readonly peer: VxlanPeer;
  /** The route that the kernel takes for the way back. */
  readonly route: Route;
  /** Position in the `routes` fact. */
  readonly index: number;
}

/**
 * IPv4 peers whose packets a strict filter on flannel's link drops: a route for the peer's pod range, or a part of it
 * that holds its first address, leads over another link (Linux: net/ipv4/fib_frontend.c, __fib_validate_source). A
 * peer that is reached directly sends directly too. A wider route is none: there the route to the peer is missing.
 */
export function strictlyDropped(
  node: string,
  { families }: VxlanPlan,
  routes: readonly Route[],
): readonly AsymmetricPeer[] {
  const peers = families.find(({ family }) => family === 4)?.peers ?? [];
  return peers.flatMap((peer): AsymmetricPeer[] => {
    if (peer.node === node) return [];
    const route = routeTo(routes, peer.network);
    if (route?.type !== 'unicast' || route.link === undefined || route.link === peer.link) {
      return [];
    }
    if (!isWithin(route.dst, peer.podCidr)) return [];
    if (route.gateway !== undefined && sameAddress(route.gateway, peer.publicIp)) return [];
    return [{ peer, route, index: routes.indexOf(route) }];
  });
}

function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [parseCidr(inner), parseCidr(outer)];
  return a !== undefined && b !== undefined && cidrIncludes(b, a);
}
