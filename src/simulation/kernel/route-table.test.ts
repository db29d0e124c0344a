// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Prefix } from './prefix.ts';
import { containsAddress, maskTo, parseAddress, prefixOf } from './prefix.ts';
import type { Route } from './route-table.ts';
import { RouteTable } from './route-table.ts';

function route(prefix: Prefix, dev: string, metric = 0): Route {
  return { type: 'unicast', prefix, dev, protocol: 'boot', scope: 'global', metric, onlink: false };
}

// Few leading bits make prefixes overlap often.
const prefix = fc
  .record({ high: fc.integer({ min: 0, max: 15 }), length: fc.integer({ min: 0, max: 32 }) })
  .map(({ high, length }): Prefix => {
    const value = maskTo(4, BigInt(high) << 28n, length);
    return { family: 4, value, length };
  });

function slowLookup(routes: readonly Route[], address: bigint): Route | undefined {
  const matching = routes.filter((each) => containsAddress(each.prefix, address));
  const longest = Math.max(...matching.map((each) => each.prefix.length));
  const best = matching.filter((each) => each.prefix.length === longest);
  const lowest = Math.min(...best.map(({ metric }) => metric));
  return best.find(({ metric }) => metric === lowest);
}

describe('RouteTable', () => {
  it('finds the route that a search through all routes finds', () => {
    const metrics = fc.integer({ min: 0, max: 3 });
    const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
    fc.assert(
      fc.property(fc.array(fc.tuple(prefix, metrics)), address, (parts, destination) => {
        const routes = parts.map(([each, metric], index) =>
          route(each, `d${String(index)}`, metric),
        );
        const table = new RouteTable(4);
        for (const each of routes) table.add(each);

        const found = table.lookup(destination);

        expect(found).toBe(slowLookup(routes, destination));
      }),
    );
  });

  it('dumps IPv4 routes by address, longer prefixes of one address first', () => {
    const table = new RouteTable(4);
    for (const text of ['192.168.0.0/24', '10.0.0.0/8', '0.0.0.0/0', '10.0.0.0/16', '9.0.0.0/8']) {
      table.add(route(prefixOf(text), 'eth0'));
    }

    const order = table
      .dump()
      .map((each) => `${String(each.prefix.value >> 24n)}/${String(each.prefix.length)}`);

    expect(order).toEqual(['0/0', '9/8', '10/16', '10/8', '192/24']);
  });

  it('dumps the IPv6 default route last', () => {
    const table = new RouteTable(6);
    for (const text of ['::/0', 'fd00::/64', 'fe80::/64']) table.add(route(prefixOf(text), 'eth0'));

    const lengths = table.dump().map((each) => each.prefix.length);

    expect(lengths).toEqual([64, 64, 0]);
  });

  it('forgets removed routes and keeps others to the same prefix', () => {
    const table = new RouteTable(4);
    const net = prefixOf('10.0.0.0/24');
    table.add(route(net, 'gone', 1));
    table.add(route(net, 'stays', 2));

    table.remove(({ dev }) => dev === 'gone');

    expect(table.lookup(parseAddress('10.0.0.1') ?? 0n)?.dev).toBe('stays');
  });
});
