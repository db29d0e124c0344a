// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding, ReportVerdict } from '#report/report.ts';

import type { RenderOptions } from '../render-options.ts';
import { printableText } from '../terminal/printable-text.ts';

/**
 * One line per finding, then one per verdict that is unknown, for grep, sort and cut:
 * `severity check subject[->peer] message`. A suppressed finding has `suppressed` in place of its severity. Nothing at
 * all when all is well.
 */
export function* renderShort(
  report: Report,
  { unicode }: Pick<RenderOptions, 'unicode'>,
): Generator<string, void> {
  for (const finding of report.findings) yield findingLine(finding, unicode);
  for (const verdict of report.verdicts) {
    if (verdict.verdict === 'unknown') yield unknownLine(verdict, unicode);
  }
}

function findingLine(finding: ReportFinding, unicode: boolean): string {
  const { severity, check, node, peer, message, expected, observed, stability } = finding;
  const { suppressed } = finding;
  const subject = node === undefined ? 'cluster' : `node/${node}`;
  const pair = peer === undefined ? subject : `${subject}->${peer}`;
  const preview = stability === 'preview' ? ' (preview)' : '';
  const until =
    suppressed === undefined ? '' : ` Until ${suppressed.expires}: ${suppressed.reason}`;
  const text = `${message} Expected: ${expected}. Observed: ${observed}.${until}`;
  return `${suppressed === undefined ? severity : 'suppressed'} ${word(check, unicode)} ${word(pair, unicode)} ${printableText(text, unicode)}${preview}\n`;
}

function unknownLine({ check, subject, reason }: ReportVerdict, unicode: boolean): string {
  const text = printableText(reason ?? 'No reason was given.', unicode);
  return `unknown ${word(check, unicode)} ${word(subject, unicode)} ${text}\n`;
}

/** A column of a line: text of the cluster without spaces, so that the columns stay where they are. */
function word(text: string, unicode: boolean): string {
  return printableText(text, unicode).replaceAll(' ', '_') || '_';
}
