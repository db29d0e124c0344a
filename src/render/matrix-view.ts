// SPDX-License-Identifier: Apache-2.0

import type { PairMatrix, PairState } from './pair-matrix.ts';

/** Up to as many nodes a matrix is shown whole; above, only rows and columns that say something. */
export const WHOLE_UP_TO = 16;

/** A statement about all pairs of some nodes, instead of a row or column of equal cells for each. */
export interface Uniform {
  readonly kind: 'reaches-none' | 'reached-by-none' | 'not-judged' | 'not-asked';
  readonly nodes: readonly string[];
}

/** What of a pair matrix is worth showing. */
export interface MatrixView {
  /** Rows and columns that are the same all over. Empty when the matrix is shown whole. */
  readonly uniform: readonly Uniform[];
  /** Names of the nodes in the table: pairs from `rows` to `columns`. Empty when the statements say it all. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Whether rows or columns were left out. */
  readonly isAbridged: boolean;
}

/**
 * Picks what to show of a matrix. Up to `WHOLE_UP_TO` nodes: everything. Above: rows and columns that are
 * the same all over become statements, and of the rest only rows and columns with a pair that is broken or unknown
 * stay. Every broken and every unknown pair is in a statement or in the table.
 */
export function viewOf(matrix: PairMatrix, wholeUpTo: number = WHOLE_UP_TO): MatrixView {
  const { nodes } = matrix;
  if (nodes.length <= wholeUpTo) {
    return { uniform: [], rows: nodes, columns: nodes, isAbridged: false };
  }
  const rowStates = new Map(nodes.map((node) => [node, only(rowOf(matrix, node))]));
  const inState = (state: PairState): readonly string[] =>
    nodes.filter((node) => rowStates.get(node) === state);
  const mixed = nodes.filter((node) => rowStates.get(node) === undefined);
  const judged = nodes.filter((node) => rowStates.get(node) !== 'not-asked');
  const unreached = nodes.filter(
    (node) => only(columnOf(matrix, judged, node)) === 'broken' && judged.length > 1,
  );
  const uniform: readonly Uniform[] = [
    { kind: 'reaches-none', nodes: inState('broken') },
    { kind: 'reached-by-none', nodes: unreached },
    { kind: 'not-judged', nodes: inState('unknown') },
    { kind: 'not-asked', nodes: inState('not-asked') },
  ];
  const told = new Set(unreached);
  const isNews = (from: string, to: string): boolean =>
    from !== to && !told.has(to) && isNotable(matrix.state(from, to));
  return {
    uniform: uniform.filter((statement) => statement.nodes.length > 0),
    rows: mixed.filter((from) => nodes.some((to) => isNews(from, to))),
    columns: nodes.filter((to) => mixed.some((from) => isNews(from, to))),
    isAbridged: true,
  };
}

function isNotable(state: PairState): boolean {
  return state === 'broken' || state === 'unknown';
}

function rowOf(matrix: PairMatrix, from: string): readonly PairState[] {
  return matrix.nodes.flatMap((to) => (to === from ? [] : [matrix.state(from, to)]));
}

function columnOf(matrix: PairMatrix, rows: readonly string[], to: string): readonly PairState[] {
  return rows.flatMap((from) => (to === from ? [] : [matrix.state(from, to)]));
}

/** The one state that all have; undefined when they differ. */
function only(states: readonly PairState[]): PairState | undefined {
  const [first] = states;
  return states.every((state) => state === first) ? first : undefined;
}
