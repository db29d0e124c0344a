// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PlainRow } from '#resources/top/container-rows.ts';
import { imbalancesOf } from '#resources/top/imbalance.ts';

function row(name: string, ratio: number, pods = 30): PlainRow {
  const memory = { used: ratio * 100, allocatable: 100, ratio };
  return { name, memory, cpu: {}, pods };
}

function rows(ratios: readonly number[]): readonly PlainRow[] {
  return ratios.map((ratio, index) => row(`node${String(index + 1)}`, ratio));
}

describe('imbalancesOf', () => {
  it('names the one node that uses far more than the others', () => {
    const found = imbalancesOf(rows([0.3, 0.32, 0.28, 0.31, 0.85]));

    expect(found).toMatchObject([
      { node: 'node5', resource: 'memory', ratio: 0.85, medianRatio: 0.31, byPods: false },
    ]);
  });

  it('names a node that does next to nothing', () => {
    const [found] = imbalancesOf(rows([0.6, 0.62, 0.58, 0.05]));

    expect(found?.node).toBe('node4');
    expect(found?.deviations).toBeLessThan(-3.5);
  });

  it('says when the number of pods explains it', () => {
    const busy = row('busy', 0.8, 90);

    const [found] = imbalancesOf([row('a', 0.3), row('b', 0.31), row('c', 0.29), busy]);

    expect(found).toMatchObject({ node: 'busy', byPods: true, pods: 90, medianPods: 30 });
  });

  it.each([
    ['are alike', [0.3, 0.31, 0.29, 0.33]],
    ['differ by less than 15 points', [0.3, 0.3, 0.3, 0.44]],
    ['are spread evenly', [0.1, 0.3, 0.5, 0.7, 0.9]],
    ['are only two', [0.1, 0.9]],
    ['are idle', [0, 0, 0]],
  ])('finds nothing where nodes %s', (_, ratios) => {
    expect(imbalancesOf(rows(ratios))).toEqual([]);
  });

  it('leaves out nodes that were not measured', () => {
    const unmeasured = { name: 'x', memory: { allocatable: 100 }, cpu: {} };

    expect(imbalancesOf([row('a', 0.1), row('b', 0.9), unmeasured])).toEqual([]);
  });

  it('never calls more than half of the nodes out of balance', () => {
    const ratios = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { maxLength: 40 });

    fc.assert(
      fc.property(ratios, (all) => {
        expect(imbalancesOf(rows(all)).length).toBeLessThanOrEqual(all.length / 2);
      }),
    );
  });
});
