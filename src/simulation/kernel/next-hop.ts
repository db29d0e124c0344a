// SPDX-License-Identifier: Apache-2.0
import { KernelError } from './kernel-error.ts';
import type { Link } from './link.ts';
import type { Family } from './prefix.ts';
import { parseAddress } from './prefix.ts';
import type { Route, RouteTable } from './route-table.ts';

/** What the check looks at. */
export interface NextHopView {
  readonly routes: Readonly<Record<Family, RouteTable>>;
  /** @throws KernelError `ENODEV` */
  link(name: string): Link;
  /** The link that holds an address; undefined when the address is another's. */
  ownerOf(address: string): Link | undefined;
}

/**
 * Checks a new route's next hop as net/ipv4/fib_semantics.c (fib_check_nh) does.
 *
 * @returns the outgoing link's name, chosen from the gateway when the route names none; undefined for a blackhole
 * @throws KernelError `ENODEV`, `nexthop-down`, `nexthop-invalid`
 */
export function checkNextHop(kernel: NextHopView, route: Route): string | undefined {
  if (route.type === 'blackhole') return undefined;
  const { dev, gateway, onlink } = route;
  if (dev !== undefined && !kernel.link(dev).up) throw new KernelError('nexthop-down');
  if (gateway !== undefined && !onlink) return linkTowards(kernel, route, gateway);
  if (dev === undefined) throw new KernelError('ENODEV');
  return dev;
}

/** The gateway must be on a link, by the best route to it, and be another's address. */
function linkTowards(kernel: NextHopView, { prefix, dev }: Route, gateway: string): string {
  const matches = [...kernel.routes[prefix.family].matches(parseAddress(gateway) ?? 0n)];
  const best = matches.find((match) => dev === undefined || match.dev === dev);
  const own = kernel.ownerOf(gateway) !== undefined;
  if (own || best?.dev === undefined || best.gateway !== undefined) {
    throw new KernelError('nexthop-invalid');
  }
  return best.dev;
}
