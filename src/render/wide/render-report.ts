// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

import { pairMatrix } from '../pair-matrix.ts';
import type { RenderOptions } from '../render-options.ts';
import { renderReport } from '../terminal/render-report.ts';
import { makeStyle } from '../terminal/style.ts';
import { matrixText } from './matrix-text.ts';

/** The report for a person at a terminal, and below it every node pair. Ends with a line feed. */
export function* renderWide(report: Report, options: RenderOptions): Generator<string, void> {
  yield renderReport(report, options);
  const matrix = pairMatrix(report, options.checks);
  if (matrix !== undefined) yield `${matrixText(matrix, makeStyle(options)).join('\n')}\n`;
}
