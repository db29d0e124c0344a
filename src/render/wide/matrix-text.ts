// SPDX-License-Identifier: Apache-2.0

import { type MatrixView, viewOf } from '../matrix-view.ts';
import type { PairMatrix, PairState } from '../pair-matrix.ts';
import { abridged, count, counted, groupBy } from '../terminal/names.ts';
import type { Mark, Style } from '../terminal/style.ts';
import { columns, hang } from '../terminal/wrap.ts';
import { uniformText } from '../uniform-text.ts';

const INDENT = '  ';
/** Rows of a table or list before the rest is counted. */
const MAX_ROWS = 40;
const MARKS: Readonly<Record<PairState, Mark | undefined>> = {
  whole: 'pass',
  broken: 'critical',
  unknown: 'unknown',
  'not-asked': undefined,
};

/**
 * The node pairs, from the row to the column: as a table where it fits the width, else as a list of who does not
 * reach whom. What is the same for a whole row or column of a large cluster is said in a sentence.
 */
export function matrixText(matrix: PairMatrix, style: Style): readonly string[] {
  const view = viewOf(matrix);
  const uniform = view.uniform.flatMap((statement) =>
    hang(INDENT, `${uniformText(statement, (name) => style.clean(name))}.`, style.width),
  );
  const table = tableText(matrix, view, style);
  const isTable = !view.isAbridged || fits(table, style);
  const body = view.rows.length === 0 ? [] : isTable ? table : listText(matrix, view, style);
  const rest = view.isAbridged ? [restLine(view)] : [];
  return ['', style.bold('Node pairs, from the row to the column'), ...uniform, ...body, ...rest];
}

function fits(lines: readonly string[], { width }: Style): boolean {
  // Colours take no columns.
  return lines.every((line) => columns(line.replace(/\u001B\[\d+m/gu, '')) <= width);
}

function restLine({ rows, uniform }: MatrixView): string {
  const isWhole = rows.length === 0 && uniform.every(({ kind }) => kind === 'not-asked');
  return `${INDENT}${isWhole ? 'Every pair that was asked for holds.' : 'Every other pair holds.'}`;
}

function tableText(matrix: PairMatrix, view: MatrixView, style: Style): readonly string[] {
  const shown = new Set([...view.rows, ...view.columns]);
  const numbers = new Map(
    matrix.nodes.filter((node) => shown.has(node)).map((node, index) => [node, String(index + 1)]),
  );
  const cell = String(shown.size).length;
  const names = view.rows.map((node) => style.clean(node));
  const label = Math.max(...names.map((name) => columns(name)), 0);
  const numberOf = (node: string): string => (numbers.get(node) ?? '').padStart(cell);
  const head = `${' '.repeat(INDENT.length + cell + 1 + label)}${view.columns.map((node) => ` ${numberOf(node)}`).join('')}`;
  const rows = view.rows.slice(0, MAX_ROWS).map((from, index) => {
    const name = names[index] ?? '';
    const cells = view.columns.map((to) => ` ${cellText(matrix, [from, to], cell, style)}`);
    return `${INDENT}${numberOf(from)} ${name}${' '.repeat(label - columns(name))}${cells.join('')}`;
  });
  const inRows = new Set(view.rows);
  const legend = view.columns
    .filter((node) => !inRows.has(node))
    .map((node) => `${numberOf(node).trim()} ${style.clean(node)}`);
  return [
    style.faint(head),
    ...rows,
    ...moreRows(view.rows.length),
    ...(legend.length === 0 ? [] : hang(INDENT, `Columns: ${legend.join(', ')}`, style.width)),
  ];
}

function cellText(
  matrix: PairMatrix,
  [from, to]: readonly [string, string],
  width: number,
  style: Style,
): string {
  const pad = ' '.repeat(width - 1);
  if (from === to) return `${pad}${style.faint('-')}`;
  const mark = MARKS[matrix.state(from, to)];
  if (mark === undefined) return `${pad} `;
  return `${pad.slice(0, Math.max(0, width - columns(style.mark(mark).trim())))}${style.tint(mark, style.mark(mark).trim())}`;
}

/** Who does not reach whom, nodes with the same peers in one line. */
function listText(matrix: PairMatrix, view: MatrixView, style: Style): readonly string[] {
  const lines = (['broken', 'unknown'] as const).flatMap((state) => {
    const rows = view.rows.map((from) => ({
      from,
      peers: view.columns.filter((to) => to !== from && matrix.state(from, to) === state),
    }));
    const groups = groupBy(
      rows.filter(({ peers }) => peers.length > 0),
      ({ peers }) => JSON.stringify(peers),
    );
    return [...groups.values()].map((group) => {
      const from = abridged(group.map((row) => style.clean(row.from)));
      const to = abridged(
        group[0].peers.map((peer) => style.clean(peer)),
        8,
      );
      return { mark: MARKS[state] ?? 'unknown', text: `${from} to ${to}` };
    });
  });
  return [
    ...lines
      .slice(0, MAX_ROWS)
      .flatMap(({ mark, text }) =>
        hang(`${INDENT}${style.mark(mark)}`, text, style.width).map((line) =>
          style.tint(mark, line),
        ),
      ),
    ...moreRows(lines.length),
  ];
}

function moreRows(total: number): readonly string[] {
  return total > MAX_ROWS
    ? [`${INDENT}... and ${counted(total - MAX_ROWS, 'more row')} of ${count(total)}: -o json.`]
    : [];
}
