// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cutOffNodes } from './cut-off-nodes.ts';

function pairsOf(...pairs: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const pair of pairs) {
    const [from = '', to = ''] = pair.split('>');
    found.set(from, (found.get(from) ?? new Set()).add(to));
  }
  return found;
}

const THREE = ['a', 'b', 'c'];
const NONE: ReadonlySet<string> = new Set();

describe('nodes that are cut off', () => {
  it('are none in a whole network', () => {
    expect(cutOffNodes({ nodes: THREE, broken: NONE, pairs: new Map() })).toEqual({
      nodes: [],
      doubtful: [],
    });
  });

  it('are the one that reaches no other', () => {
    const { nodes } = cutOffNodes({ nodes: THREE, broken: NONE, pairs: pairsOf('b>a', 'b>c') });

    expect(nodes).toEqual(['b']);
  });

  it('are the one that no other reaches', () => {
    const { nodes } = cutOffNodes({ nodes: THREE, broken: NONE, pairs: pairsOf('a>b', 'c>b') });

    expect(nodes).toEqual(['b']);
  });

  it('are none where one pair of three nodes is broken: half is not more than half', () => {
    const found = cutOffNodes({ nodes: THREE, broken: NONE, pairs: pairsOf('a>b') });

    expect(found.nodes).toEqual([]);
  });

  it('are not those that reach nobody but the ones who are cut off', () => {
    const pairs = pairsOf('a>c', 'a>d', 'a>b', 'b>c', 'b>d');

    const { nodes } = cutOffNodes({ nodes: ['a', 'b', 'c', 'd'], broken: NONE, pairs });

    expect([...nodes].sort()).toEqual(['a', 'b']);
  });

  it('cannot be told of two that do not reach each other', () => {
    expect(cutOffNodes({ nodes: ['a', 'b'], broken: NONE, pairs: pairsOf('a>b') })).toEqual({
      nodes: [],
      doubtful: ['a', 'b'],
    });
  });

  it('cannot be told where nobody reaches anybody', () => {
    const pairs = pairsOf('a>b', 'b>c', 'c>a');

    expect(cutOffNodes({ nodes: THREE, broken: NONE, pairs })).toEqual({
      nodes: [],
      doubtful: THREE,
    });
  });

  it('are those of which all pairs are broken by something of their own, also of two', () => {
    const { nodes, doubtful } = cutOffNodes({
      nodes: ['a', 'b'],
      broken: new Set(['b']),
      pairs: new Map(),
    });

    expect(nodes).toEqual(['b']);
    expect(doubtful).toEqual([]);
  });

  it('are a single one that was cut off, whoever else is whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 40 }), fc.nat(), fc.boolean(), (size, pick, out) => {
        const nodes = Array.from({ length: size }, (_, index) => `n${String(index)}`);
        const bad = nodes[pick % size] ?? '';
        const pairs = pairsOf(
          ...nodes
            .filter((node) => node !== bad)
            .map((node) => (out ? `${bad}>${node}` : `${node}>${bad}`)),
        );

        expect(cutOffNodes({ nodes, broken: NONE, pairs })).toEqual({ nodes: [bad], doubtful: [] });
      }),
    );
  });
});
