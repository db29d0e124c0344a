// SPDX-License-Identifier: Apache-2.0

import type { ReportFinding } from '#report/report.ts';

import { type MatrixView, viewOf } from '../matrix-view.ts';
import type { PairMatrix } from '../pair-matrix.ts';
import { counted } from '../terminal/names.ts';
import { uniformText } from '../uniform-text.ts';
import { markup, type Markup } from './markup.ts';

/** Up to as many nodes the table has them all. */
const WHOLE_UP_TO = 40;
/** Rows and columns of the table; a browser still scrolls as many cells smoothly. */
const MAX_ACROSS = 200;

/**
 * The node pairs as a table with headers for rows and columns; a broken pair leads to its finding.
 *
 * @param anchorOf id of the element that tells a finding; undefined when none does
 */
export function* matrixHtml(
  matrix: PairMatrix,
  anchorOf: (finding: ReportFinding) => string | undefined,
): Generator<Markup, void> {
  const view = viewOf(matrix, WHOLE_UP_TO);
  const statements = view.uniform.map(
    (statement) => markup`<li>${uniformText(statement, (name) => name)}.</li>`,
  );
  yield markup`<section aria-labelledby="pairs">
    <h2 id="pairs">Node pairs</h2>
    <p class="legend">
      <b>✓</b> holds <b>✗</b> broken <b>?</b> not checked. From the row to the column.
    </p> `;
  if (statements.length > 0)
    yield markup`<ul>
      ${statements}
    </ul> `;
  if (view.rows.length > 0) yield* tableHtml(matrix, view, anchorOf);
  if (view.isAbridged) yield markup`<p class="legend">${abridgement(view)}</p> `;
  yield markup`</section>\n`;
}

function abridgement({ rows, columns }: MatrixView): string {
  const isCut = rows.length > MAX_ACROSS || columns.length > MAX_ACROSS;
  return `Rows and columns in which every pair holds are left out.${isCut ? ' The table is cut; the JSON report has all.' : ''}`;
}

function* tableHtml(
  matrix: PairMatrix,
  view: MatrixView,
  anchorOf: (finding: ReportFinding) => string | undefined,
): Generator<Markup, void> {
  const rows = view.rows.slice(0, MAX_ACROSS);
  const columns = view.columns.slice(0, MAX_ACROSS);
  const heads = columns.map((node) => markup`<th scope="col"><span>${node}</span></th>`);
  yield markup`<a class="skip" href="#after-pairs">Skip the table</a>
    <div class="scroll" tabindex="0" role="region" aria-label="Node pairs">
    <table class="matrix">
      <caption>
        Pods on ${counted(rows.length, 'node')} towards pods on ${counted(columns.length, 'node')}
      </caption>
      <thead>
        <tr>
          <td>from ↓ to →</td>
          ${heads}
        </tr>
      </thead>
      <tbody>`;
  for (const from of rows) {
    const cells = columns.map((to) => cell(matrix, from, to, anchorOf));
    yield markup`<tr>
      <th scope="row">${from}</th>
      ${cells}
    </tr> `;
  }
  yield markup`</tbody></table></div><span id="after-pairs" tabindex="-1"></span>\n`;
}

function cell(
  matrix: PairMatrix,
  from: string,
  to: string,
  anchorOf: (finding: ReportFinding) => string | undefined,
): Markup {
  if (from === to) return markup`<td class="s">–</td>`;
  const state = matrix.state(from, to);
  if (state === 'whole') return markup`<td class="w">✓</td>`;
  if (state === 'unknown') return markup`<td class="u">?</td>`;
  if (state === 'not-asked') return markup`<td></td>`;
  const finding = matrix.cause(from, to);
  const anchor = finding === undefined ? undefined : anchorOf(finding);
  return anchor === undefined || finding === undefined
    ? markup`<td class="b">✗</td>`
    : markup`<td class="b">
        <a href="#${anchor}" title="${finding.title}" aria-label="broken: ${finding.title}">✗</a>
      </td>`;
}
