// SPDX-License-Identifier: Apache-2.0

import type { ImpossibleFault } from '../fault-cases.ts';
import type { Moment, Outcome } from './outcome.ts';

const HEADER = [
  '| lab | what | findings | pairs: checked, broken, unknown | exit code | after the heal | s | |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

function listed(findings: readonly string[]): string {
  return findings.length === 0 ? 'none' : findings.join('<br>');
}

/** One text per moment, later ones after an arrow. */
function overTime(outcome: Outcome, text: (moment: Moment) => string): string {
  return outcome.moments.map(text).join('<br>**later:** ');
}

function row(outcome: Outcome): string {
  const { variant, what, remaining, seconds, problems } = outcome;
  const cells = [
    variant,
    what,
    overTime(outcome, ({ findings }) => listed(findings)),
    overTime(outcome, ({ pairs }) => `${pairs.checked}, ${pairs.broken}, ${pairs.unknown}`),
    overTime(outcome, ({ exitCode }) => String(exitCode)),
    listed(remaining),
    String(Math.round(seconds)),
    problems.length === 0 ? 'as expected' : `**wrong**<br>${problems.join('<br>')}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

/** Faults that a lab cannot have, as rows of their own. */
export interface Impossible extends ImpossibleFault {
  readonly variant: string;
}

/** The outcomes as a Markdown table, with one line of totals before it. */
export function matrixTable(
  outcomes: readonly Outcome[],
  impossible: readonly Impossible[],
): string {
  const wrong = outcomes.filter(({ problems }) => problems.length > 0).length;
  const minutes = outcomes.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const total = `${outcomes.length - wrong} of ${outcomes.length} rows as expected, ${wrong} wrong, ${minutes.toFixed(1)} minutes.`;
  const left = impossible.map(
    ({ variant, faults, impossible: why }) =>
      `| ${variant} | ${faultsText(faults)} | | | | | | not possible: ${why} |`,
  );
  return [total, '', ...HEADER, ...outcomes.map(row), ...left, ''].join('\n');
}

/** `name node argument`, several joined by `and`. */
export function faultsText(faults: readonly (readonly string[])[]): string {
  return faults.map((fault) => fault.join(' ')).join(' and ');
}
