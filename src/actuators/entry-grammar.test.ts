// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fdbWords, linkWord, neighbourWords, routeWords } from './entry-grammar.ts';

/** What a shell, an option parser or a terminal would read as more than a word. */
const HOSTILE = [
  '$(reboot)',
  '`id`',
  ';reboot',
  '|sh',
  '--help',
  '-6',
  '../../etc',
  'a b',
  "'",
  '\u001B[31m',
  '\n',
  '\u0000',
];

const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc
    .tuple(
      fc.constantFrom('10.244.3.0', 'flannel.1', '8e:47:0a:00:ff:03'),
      fc.constantFrom(...HOSTILE),
    )
    .map(([good, bad]) => good + bad),
);

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_.:/-]*$/;

describe('routeWords', () => {
  it.each([
    ['unicast 10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto boot scope global onlink', 4],
    ['unicast 10.244.3.0/24 via 192.0.2.3 dev eth0 proto boot scope global metric 100', 4],
    ['blackhole 10.244.3.0/24 proto boot scope global', 4],
    [
      'unicast fd00:244:0:3::/64 via fd00:244:0:3:: dev flannel-v6.1 proto boot scope global metric 1024 onlink pref medium',
      6,
    ],
  ] as const)('takes %s', (line, family) => {
    expect(routeWords(line, family)?.make.every((word) => PLAIN.test(word))).toBe(true);
  });

  it.each([
    'unicast 10.244.3.0/24 nexthop via 10.0.0.1 dev eth0 weight 1 nexthop via 10.0.0.2 dev eth0 weight 1',
    'unicast 10.244.3.0/24 encap ip id 5 via 10.0.0.1 dev eth0',
    'local 10.244.3.1 dev cni0 proto kernel scope host',
    'unicast 10.244.3.7/24 via 10.244.3.0 dev flannel.1 proto boot scope global',
    'unicast fd00::/64 via fd00:: dev flannel.1 proto boot scope global',
    'unicast 10.244.3.0/24 via',
    '',
  ])('refuses %j', (line) => {
    expect(routeWords(line, 4)).toBeUndefined();
  });

  it('gives plain words only, whatever stands in the place of a value', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 10 }), (text, at) => {
        const words =
          'unicast 10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto boot scope global onlink'.split(
            ' ',
          );
        words[at] = text;
        const parsed = routeWords(words.join(' '), 4);
        expect(parsed?.make.every((word) => PLAIN.test(word)) ?? true).toBe(true);
      }),
    );
  });
});

describe('neighbourWords and fdbWords', () => {
  it('take what the tools print', () => {
    expect(
      neighbourWords('10.244.3.0 lladdr 8e:47:0a:00:ff:03 PERMANENT', 4, 'flannel.1')?.make,
    ).toEqual('10.244.3.0 lladdr 8e:47:0a:00:ff:03 nud permanent dev flannel.1'.split(' '));
    expect(fdbWords('8e:47:0a:00:ff:03 dst 192.0.2.3 self permanent', 'flannel.1')?.make).toEqual(
      '8e:47:0a:00:ff:03 dev flannel.1 dst 192.0.2.3 self permanent'.split(' '),
    );
  });

  it.each([
    '8e:47:0a:00:ff:03 dst 192.0.2.3 link-netnsid 0 self permanent',
    '8e:47:0a:00:ff:03 dst 192.0.2.3 self extern_learn',
    '8e:47:0a:00:ff:03 vlan 1 master cni0 permanent',
    '8e:47:0a:00:ff:03 dst $(id) self permanent',
  ])('refuse %j', (line) => {
    expect(fdbWords(line, 'flannel.1')).toBeUndefined();
  });

  it('give plain words only, whatever stands in the place of a value', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 4 }), (text, at) => {
        const neighbour = '10.244.3.0 lladdr 8e:47:0a:00:ff:03 PERMANENT'.split(' ');
        const entry = '8e:47:0a:00:ff:03 dst 192.0.2.3 self permanent'.split(' ');
        neighbour[at] = text;
        entry[at] = text;
        const parsed = [
          neighbourWords(neighbour.join(' '), 4, 'flannel.1'),
          fdbWords(entry.join(' '), 'flannel.1'),
        ].flatMap((each) => each?.make ?? []);
        expect(parsed.every((word) => PLAIN.test(word))).toBe(true);
      }),
    );
  });
});

describe('linkWord', () => {
  it.each([...HOSTILE, '', '.', '-d', 'a'.repeat(16)])('refuses %j', (text) => {
    expect(linkWord(text)).toBeUndefined();
  });
});
