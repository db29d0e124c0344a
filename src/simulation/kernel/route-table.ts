// SPDX-License-Identifier: Apache-2.0
import { LayeredTable } from './layered-table.ts';
import type { Family, Prefix } from './prefix.ts';
import { formatPrefix, lastAddress, maskTo } from './prefix.ts';

/** Type of a route, as in rtnetlink(7). */
export type RouteType = 'unicast' | 'local' | 'broadcast' | 'multicast' | 'blackhole';

/** One route. */
export interface Route {
  readonly type: RouteType;
  readonly prefix: Prefix;
  /** Absent: the destination is on the link. */
  readonly gateway?: string;
  /** Name of the outgoing link; absent for a blackhole. */
  readonly dev?: string;
  /** Who made it: the kernel, a tool that said nothing (boot), an administrator, a router. */
  readonly protocol: 'kernel' | 'boot' | 'static' | 'ra' | 'dhcp';
  readonly scope: 'global' | 'link' | 'host';
  /** Preferred source address; absent when the kernel chooses. */
  readonly prefsrc?: string;
  /** Lower wins; 0 is what IPv4 routes without a metric have, 1024 what IPv6 gives them. */
  readonly metric: number;
  /** The gateway is taken to be on the link though no address says so. */
  readonly onlink: boolean;
}

/** Routes to one prefix, lowest metric first. */
export type RouteGroup = readonly Route[];

/** One routing table of one family: longest prefix wins, then the lowest metric. */
export class RouteTable {
  readonly family: Family;
  readonly #groups = new LayeredTable<RouteGroup>();
  /** Lengths of prefixes that were ever set: only these need to be tried. */
  readonly #lengths = new Set<number>();

  constructor(family: Family) {
    this.family = family;
  }

  /** Routes to exactly this prefix. */
  group(prefix: Prefix): RouteGroup {
    return this.#groups.get(formatPrefix(prefix)) ?? [];
  }

  /** Replaces all routes to one prefix; none: removes it. */
  setGroup(prefix: Prefix, routes: RouteGroup): void {
    const key = formatPrefix(prefix);
    if (routes.length === 0) this.#groups.delete(key);
    else this.#groups.set(key, routes);
    this.#lengths.add(prefix.length);
  }

  /** Adds a route beside those to the same prefix. */
  add(route: Route): void {
    const group = [...this.group(route.prefix), route];
    this.setGroup(
      route.prefix,
      group.sort((a, b) => a.metric - b.metric),
    );
  }

  /** The routes that a lookup tries, best first. */
  *matches(address: bigint): Generator<Route> {
    for (const length of [...this.#lengths].sort((a, b) => b - a)) {
      const value = maskTo(this.family, address, length);
      yield* this.group({ family: this.family, value, length });
    }
  }

  /** The route that a packet to this address takes; undefined when there is none. */
  lookup(address: bigint): Route | undefined {
    return this.matches(address).next().value as Route | undefined;
  }

  /** Removes the routes that `drop` names. */
  remove(drop: (route: Route) => boolean): void {
    this.#groups.transform((group) => {
      if (!group.some(drop)) return group;
      const kept = group.filter((route) => !drop(route));
      return kept.length === 0 ? undefined : kept;
    });
  }

  /** See {@link LayeredTable.adopt}; keys are texts of prefixes. */
  adopt(base: ReadonlyMap<string, RouteGroup>, skip: ReadonlySet<string>): void {
    this.#groups.adopt(base, skip);
    for (const length of lengthsOf(base)) this.#lengths.add(length);
  }

  /** All routes in the order in which the kernel dumps them. */
  dump(): Route[] {
    const groups = [...this.#groups.values()].flatMap((group) =>
      group[0] === undefined ? [] : [{ first: sortKey(group[0].prefix), group }],
    );
    groups.sort((a, b) => compare(a.first, b.first));
    return groups.flatMap(({ group }) => group);
  }
}

const lengthsByBase = new WeakMap<ReadonlyMap<string, RouteGroup>, ReadonlySet<number>>();

/** Lengths of the prefixes in a base, found out once for all tables that share it. */
function lengthsOf(base: ReadonlyMap<string, RouteGroup>): ReadonlySet<number> {
  let lengths = lengthsByBase.get(base);
  if (lengths === undefined) {
    const all = [...base.values()].flatMap((group) => group.map(({ prefix }) => prefix.length));
    lengths = new Set(all);
    lengthsByBase.set(base, lengths);
  }
  return lengths;
}

interface SortKey {
  readonly address: bigint;
  readonly length: number;
}

/**
 * IPv4: the trie is walked by address, and of one address longer prefixes come first
 * (net/ipv4/fib_trie.c, fn_trie_dump_leaf). IPv6: children come before their parent
 * (net/ipv6/ip6_fib.c, fib6_walk_continue), which is the order of the prefixes' last addresses.
 */
function sortKey(prefix: Prefix): SortKey {
  const address = prefix.family === 4 ? prefix.value : lastAddress(prefix);
  return { address, length: prefix.length };
}

function compare(a: SortKey, b: SortKey): number {
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return b.length - a.length;
}
