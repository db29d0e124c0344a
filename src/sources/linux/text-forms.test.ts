// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Route } from '#model/kernel.ts';
import { Interner } from '#sources/linux/interner.ts';
import { parseAddresses } from '#sources/linux/parse-addresses.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';
import { parseFdb } from '#sources/linux/parse-fdb.ts';
import { parseLinks, vxlanLinkNames } from '#sources/linux/parse-links.ts';
import { parseNeighbours } from '#sources/linux/parse-neighbours.ts';
import { parseRoutes } from '#sources/linux/parse-routes.ts';

const LINKS = new Set(['flannel.1', 'flannel-v6.1']);

/** What real tools printed the first time, by command: iproute2 6.1 and BusyBox 1.35 on the same kernel state. */
function recorded(file: string): (command: string) => string {
  const url = new URL(`../../simulation/iproute2/recordings/${file}`, import.meta.url);
  const outputs = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of readFileSync(url, 'utf8').split('\n')) {
    if (line.startsWith('$ ')) {
      lines = [];
      if (!outputs.has(line.slice(2))) outputs.set(line.slice(2), lines);
    }
    if (line.startsWith('1|')) lines.push(line.slice(2));
  }
  return (command) => {
    const output = outputs.get(command);
    if (output === undefined) throw new Error(`not recorded: ${command}`);
    return output.join('\n');
  };
}

const iproute2 = recorded('iproute2.txt');
const busybox = recorded('busybox.txt');

function routes(text: string, family: 4 | 6 = 4): readonly Route[] {
  return parseRoutes(text, family, new Interner());
}

describe('the text of iproute2', () => {
  it.each([
    ['links', parseLinks, 'ip -d link show', 'ip -j -d link show'],
    ['addresses', parseAddresses, 'ip addr', 'ip -j addr'],
    ['routes', routes, 'ip -d route', 'ip -j -d route'],
    ['IPv4 routes', routes, 'ip -d route', 'ip -j -d -4 route show table main'],
    [
      'neighbours',
      (text: string) => parseNeighbours(text, LINKS, new Interner()),
      'ip neigh',
      'ip -j neigh',
    ],
    [
      'FDB entries',
      (text: string) => parseFdb(text, LINKS, new Interner()),
      'bridge fdb show',
      'bridge -j fdb show',
    ],
  ])('says of %s what its JSON says', (_name, parse, text, json) => {
    const fromJson = parse(iproute2(json));

    const fromText = parse(iproute2(text));

    expect(fromJson.length).toBeGreaterThan(0);
    expect(fromText).toStrictEqual(fromJson);
  });
});

describe('the text of BusyBox', () => {
  it('says of links all but their kinds', () => {
    const known = parseLinks(iproute2('ip -j -d link show'));

    const links = parseLinks(busybox('busybox ip link'));

    const named = (name: string): object | undefined => {
      const link = known.find((each) => each.name === name);
      return link && { name, up: link.up, mtu: link.mtu, mac: link.mac };
    };
    expect(links.find(({ name }) => name === 'veth1')?.master).toBe('cni0');
    expect(links.map(({ name, up, mtu, mac }) => ({ name, up, mtu, mac }))).toStrictEqual(
      links.map(({ name }) => named(name)),
    );
    expect(links.filter(({ kind, vxlan }) => (kind ?? vxlan) !== undefined)).toStrictEqual([]);
  });

  it('keeps the entries of links that are named like those of flannel', () => {
    const names = vxlanLinkNames(parseLinks(busybox('busybox ip link')));

    expect([...names].sort()).toStrictEqual(['flannel-v6.1', 'flannel.1']);
  });

  it('says of addresses the same', () => {
    const addresses = parseAddresses(busybox('busybox ip addr'));

    expect(addresses.filter(({ link }) => link === 'flannel.1')).toStrictEqual([
      { link: 'flannel.1', family: 4, address: '10.244.3.0', prefixLength: 32, scope: 'global' },
      {
        link: 'flannel.1',
        family: 6,
        address: 'fe80::8c47:11ff:fe22:3301',
        prefixLength: 64,
        scope: 'link',
      },
    ]);
  });

  it('says of routes all but who made them', () => {
    const read = routes(busybox('busybox ip route'));

    expect(read.filter(({ protocol }) => protocol !== undefined)).toStrictEqual([]);
    expect(read.map(({ dst }) => dst)).toStrictEqual([
      '10.66.0.0/24',
      '10.244.3.0/24',
      '10.244.4.0/24',
      '192.168.1.0/24',
    ]);
    expect(read.find(({ dst }) => dst === '10.244.4.0/24')).toStrictEqual({
      family: 4,
      dst: '10.244.4.0/24',
      gateway: '10.244.4.0',
      link: 'flannel.1',
      type: 'unicast',
      scope: 'global',
      metric: 0,
      onlink: true,
    });
  });

  it('says of neighbours the same', () => {
    const neighbours = parseNeighbours(busybox('busybox ip neigh'), LINKS, new Interner());

    expect(neighbours).toStrictEqual([
      {
        family: 4,
        address: '10.244.4.0',
        link: 'flannel.1',
        mac: '8e:47:11:22:33:02',
        nud: 'permanent',
      },
    ]);
  });
});

describe('text of odd tools', () => {
  it.each([
    [
      'a multipath route has no next hop of its own',
      '10.9.0.0/24 proto static scope global \n\tnexthop via 10.0.0.1 dev eth0 weight 1 \n',
      { dst: '10.9.0.0/24' },
    ],
    [
      'a next hop of the other family',
      '10.9.0.0/24 via inet6 fe80::1 dev eth0 \n',
      { gateway: 'fe80::1' },
    ],
    ['a host route', '10.9.0.7 dev eth0 scope link \n', { dst: '10.9.0.7/32' }],
    ['the default route', 'default via 10.0.0.1 dev eth0 \n', { dst: '0.0.0.0/0' }],
    ['a blackhole', 'blackhole 10.66.0.0/24 \n', { type: 'blackhole' }],
    ['a locked MTU', '10.9.0.0/24 dev eth0 mtu lock 1400 metric 5 \n', { metric: 5 }],
  ])('%s', (_name, text, expected) => {
    expect(routes(text)).toMatchObject([expected]);
  });

  it.each([
    ['of a route that is none', '10.9.0.0/33 dev eth0\n'],
    ['of a route of the other family', 'fd00::/64 dev eth0\n'],
    ['of a next hop that is none', '10.9.0.0/24 via $(reboot) dev eth0\n'],
    ['of a link that cannot be one', '10.9.0.0/24 dev a/b\n'],
    ['with a word that nobody knows', '10.9.0.0/24 dev eth0 teleport\n'],
    ['that ends in a key', '10.9.0.0/24 dev\n'],
    ['with a metric beyond 32 bits', '10.9.0.0/24 dev eth0 metric 4294967296\n'],
  ])('a line %s is refused, not skipped', (_name, text) => {
    expect(() => routes(text)).toThrow(LinuxParseError);
  });

  it.each([
    ['links', parseLinks, 'flannel.1: gone\n'],
    ['addresses', parseAddresses, '1: lo: <UP> mtu 1 qdisc x\n    inet nowhere/8 scope host lo\n'],
    [
      'neighbours',
      (text: string) => parseNeighbours(text, LINKS, new Interner()),
      'x dev flannel.1\n',
    ],
    ['FDB entries', (text: string) => parseFdb(text, LINKS, new Interner()), 'mac dev flannel.1\n'],
  ])('of %s that is none is refused', (_name, parse, text) => {
    expect(() => parse(text)).toThrow(LinuxParseError);
  });

  it('gives no longer words than JSON does', () => {
    const text = `10.244.2.0/24 via 10.244.2.0 dev flannel.1 proto ${'x'.repeat(100_000)} onlink\n`;

    const [route] = parseRoutes(text, 4, new Interner());

    expect(route).toMatchObject({ protocol: 'x'.repeat(256), onlink: true });
  });
});

/** Addresses as the kernel's tools write them. */
function ipv4(): fc.Arbitrary<string> {
  return fc
    .tuple(...Array.from({ length: 4 }, () => fc.nat({ max: 255 })))
    .map((bytes) => bytes.join('.'));
}

function route(): fc.Arbitrary<Route> {
  return fc
    .record({
      dst: fc.tuple(ipv4(), fc.integer({ min: 1, max: 31 })).map(([a, n]) => `${a}/${String(n)}`),
      gateway: fc.option(ipv4(), { nil: undefined }),
      link: fc.constantFrom('eth0', 'flannel.1', 'cni0', 'a@b', 'onlink', 'via'),
      scope: fc.constantFrom('global', 'link', 'host'),
      metric: fc.nat({ max: 0xffffffff }),
      onlink: fc.boolean(),
      protocol: fc.option(fc.constantFrom('boot', 'kernel', 'static', '17'), { nil: undefined }),
    })
    .map(({ gateway, protocol, ...rest }) => ({
      family: 4,
      type: 'unicast',
      ...rest,
      ...(gateway !== undefined && { gateway }),
      ...(protocol !== undefined && { protocol }),
    }));
}

/** A route as BusyBox prints it, or with a protocol as `ip -d` does. */
function printed(each: Route): string {
  const via = each.gateway === undefined ? '' : ` via ${each.gateway}`;
  const made = each.protocol === undefined ? '' : ` proto ${each.protocol}`;
  const reach = each.scope === 'global' && made === '' ? '' : ` scope ${each.scope}`;
  const cost = each.metric === 0 ? '' : `  metric ${String(each.metric)}`;
  const type = made === '' ? '' : 'unicast ';
  const flag = each.onlink ? ' onlink' : '';
  return `${type}${each.dst}${via} dev ${each.link ?? ''}${made}${reach}${cost}${flag} \n`;
}

describe('any list of routes', () => {
  it('is read back from text as it was', () => {
    const property = fc.property(fc.array(route(), { minLength: 1, maxLength: 8 }), (list) => {
      expect(routes(list.map(printed).join(''))).toStrictEqual(list);
    });

    expect(() => {
      fc.assert(property, { numRuns: 200 });
    }).not.toThrow();
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...['10.244.1.0/24', 'default', 'via', 'dev', 'flannel.1', 'onlink', 'metric', 'proto', '\n'],
    ...['    ', '4:', 'flannel.1:', '<UP>', 'mtu', '1450', 'inet', 'inet6', 'fe80::1/64', 'lladdr'],
    ...['PERMANENT', 'dst', '10.0.0.1', 'vxlan', 'id', 'scope', 'link/ether', '8e:47:11:22:33:02'],
  );
  const text = fc.oneof(
    fc.array(words, { maxLength: 40 }).map((each) => each.join(' ')),
    fc.string(),
  );

  it.each([
    ['parseLinks', parseLinks],
    ['parseAddresses', parseAddresses],
    ['parseRoutes', routes],
    ['parseNeighbours', (each: string) => parseNeighbours(each, undefined, new Interner())],
    ['parseFdb', (each: string) => parseFdb(each, LINKS, new Interner())],
  ])('makes %s return a list or throw its own error', (_name, parse) => {
    const property = fc.property(text, (each) => {
      try {
        return Array.isArray(parse(each));
      } catch (error) {
        return error instanceof LinuxParseError;
      }
    });

    expect(() => {
      fc.assert(property, { numRuns: 500 });
    }).not.toThrow();
  });
});
