// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { familiesWithoutPodCidr, podCidrOf, podCidrOverlaps } from '#expected/pod-cidrs.ts';
import type { NodeObject } from '#model/cluster.ts';
import { cidrsOverlap, formatCidr, parseCidr } from '#model/net/cidr.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const { cluster } = healthyFacts({ nodes: 1, dualStack: true });

function node(name: string, podCIDRs: readonly string[]): NodeObject {
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error('no node');
  return { ...first, name, podCIDRs };
}

describe('podCidrOf', () => {
  it('finds the range of a family, whatever the order', () => {
    const both = node('node1', ['fd00:1::/64', '10.244.1.0/24']);

    const [v4, v6] = [podCidrOf(both, 4), podCidrOf(both, 6)];

    expect(v4 && formatCidr(v4)).toBe('10.244.1.0/24');
    expect(v6 && formatCidr(v6)).toBe('fd00:1::/64');
  });
});

describe('familiesWithoutPodCidr', () => {
  it('is undefined when every family in use has a range', () => {
    expect(
      familiesWithoutPodCidr(cluster.netConf, node('node1', ['10.244.1.0/24', 'fd00:1::/64'])),
    ).toBeUndefined();
  });

  it('takes text that is no range for none', () => {
    expect(familiesWithoutPodCidr(cluster.netConf, node('node1', ['fd00:1::/64', 'x']))).toEqual([
      4,
    ]);
  });
});

describe('podCidrOverlaps', () => {
  it('gives the pairs that a comparison of all with all gives', () => {
    const range = fc
      .record({ third: fc.integer({ min: 0, max: 15 }), length: fc.integer({ min: 20, max: 26 }) })
      .map(({ third, length }) => `10.244.${String(third)}.0/${String(length)}`);
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
        const nodes = ranges.map((text, index) => node(`node${String(index)}`, [text]));

        const pairs = [...podCidrOverlaps(nodes)].flatMap(([name, overlaps]) =>
          overlaps.map(({ peer }) => `${name} ${peer}`),
        );

        expect(pairs.sort()).toEqual(pairsByComparison(nodes).sort());
      }),
    );
  });

  it('compares no range with another one of the same node', () => {
    const overlaps = podCidrOverlaps([node('node1', ['10.0.0.0/8', '10.1.0.0/16'])]);

    expect(overlaps.size).toBe(0);
  });

  it('is not led astray by an IPv6 range whose number lies between two IPv4 ranges', () => {
    const overlaps = podCidrOverlaps([
      node('node1', ['10.0.0.0/8']),
      node('node2', ['::a00:1/128']),
      node('node3', ['10.1.0.0/16']),
    ]);

    expect([...overlaps.keys()]).toEqual(['node1', 'node3']);
  });

  it('never compares across families, and minds no text that is no range', () => {
    const overlaps = podCidrOverlaps([
      node('node1', ['0.0.0.0/0']),
      node('node2', ['::/0']),
      node('node3', ['everything']),
    ]);

    expect(overlaps.size).toBe(0);
  });
});

function pairsByComparison(nodes: readonly NodeObject[]): string[] {
  return nodes.flatMap((own) =>
    nodes
      .filter((peer) => peer !== own)
      .filter((peer) => {
        const [a, b] = [own, peer].map(({ podCIDRs }) => parseCidr(podCIDRs[0] ?? ''));
        return a !== undefined && b !== undefined && cidrsOverlap(a, b);
      })
      .map((peer) => `${own.name} ${peer.name}`),
  );
}
