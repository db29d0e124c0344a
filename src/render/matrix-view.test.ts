// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { viewOf } from './matrix-view.ts';
import type { PairMatrix, PairState } from './pair-matrix.ts';

const NODES = Array.from({ length: 24 }, (_, index) => `n${String(index)}`);

/** A matrix in which the pairs that are not named are whole. */
function matrixOf(states: ReadonlyMap<string, PairState>): PairMatrix {
  return {
    nodes: NODES,
    state: (from, to) => states.get(`${from} ${to}`) ?? 'whole',
    cause: () => undefined,
  };
}

const node = fc.constantFrom(...NODES);
const state = fc.constantFrom<PairState>('broken', 'unknown');
const row = fc
  .record({ from: node, state })
  .map(({ from, state: each }) => NODES.map((to): [string, PairState] => [`${from} ${to}`, each]));
const column = node.map((to) =>
  NODES.map((from): [string, PairState] => [`${from} ${to}`, 'broken']),
);
const pair = fc
  .record({ from: node, to: node, state })
  .map(({ from, to, state: each }): [string, PairState][] => [[`${from} ${to}`, each]]);

describe('viewOf', () => {
  it('shows a small cluster whole', () => {
    const matrix = { ...matrixOf(new Map()), nodes: NODES.slice(0, 16) };

    const view = viewOf(matrix);

    expect([view.rows.length, view.columns.length, view.isAbridged]).toEqual([16, 16, false]);
  });

  it('shows nothing of a large cluster in which all holds', () => {
    const view = viewOf(matrixOf(new Map()));

    expect([view.uniform, view.rows, view.columns]).toEqual([[], [], []]);
  });

  it('tells each broken and each unknown pair, in a sentence or in the table', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(row, column, pair), { maxLength: 8 }), (parts) => {
        const matrix = matrixOf(new Map(parts.flat()));

        const view = viewOf(matrix);

        const told = (kind: string): readonly string[] =>
          view.uniform.flatMap((each) => (each.kind === kind ? each.nodes : []));
        const untold = NODES.flatMap((from) =>
          NODES.filter((to) => to !== from && matrix.state(from, to) !== 'whole')
            .filter(
              (to) =>
                !told('reaches-none').includes(from) &&
                !told('not-judged').includes(from) &&
                !told('reached-by-none').includes(to) &&
                !(view.rows.includes(from) && view.columns.includes(to)),
            )
            .map((to) => `${from} ${to}`),
        );
        expect(untold).toEqual([]);
      }),
    );
  });

  it('says nothing of a row or column that is not so', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(row, column, pair), { maxLength: 8 }), (parts) => {
        const matrix = matrixOf(new Map(parts.flat()));

        const wrong = viewOf(matrix).uniform.flatMap(({ kind, nodes }) =>
          nodes.filter((name) => {
            const others = NODES.filter((other) => other !== name);
            if (kind === 'reached-by-none') {
              return others.some((from) => matrix.state(from, name) !== 'broken');
            }
            const wanted = kind === 'reaches-none' ? 'broken' : 'unknown';
            return others.some((to) => matrix.state(name, to) !== wanted);
          }),
        );

        expect(wrong).toEqual([]);
      }),
    );
  });
});
