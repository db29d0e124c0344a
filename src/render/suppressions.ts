// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding, ReportSuppression } from '#report/report.ts';

import { abridged, counted } from './terminal/names.ts';

/** Findings that nobody suppressed. */
export function activeFindings({ findings }: Report): readonly ReportFinding[] {
  return findings.filter(({ suppressed }) => suppressed === undefined);
}

/** Findings that somebody knows and accepts. */
export function suppressedFindings({ findings }: Report): readonly ReportFinding[] {
  return findings.filter(({ suppressed }) => suppressed !== undefined);
}

/** What is suppressed, in one sentence; undefined when nothing is. */
export function suppressedSentence(report: Report): string | undefined {
  const found = suppressedFindings(report);
  if (found.length === 0) return undefined;
  const checks = [...new Set(found.map(({ check }) => check))];
  const days = found.flatMap(({ suppressed }) => suppressed?.expires ?? []);
  const first = days.reduce((earliest, day) => (day < earliest ? day : earliest));
  return `${counted(found.length, 'finding')} suppressed until ${first}${new Set(days).size > 1 ? ' or later' : ''}: ${abridged(checks)}.`;
}

/** What is to be done about suppressions that have expired or match nothing, one sentence each. */
export function suppressionWarnings({ suppressions = [] }: Report): readonly string[] {
  return suppressions.flatMap((suppression) => {
    const { state, expires, findings, reason } = suppression;
    const what = `The suppression of ${subjectOf(suppression)} (${reason})`;
    if (state === 'unused') return [`${what} matches nothing: remove it.`];
    if (state !== 'expired') return [];
    const again =
      findings === 0 ? 'remove it' : `${counted(findings, 'finding')} ${verbOf(findings)} again`;
    return [`${what} expired on ${expires}: ${again}.`];
  });
}

function verbOf(number: number): string {
  return number === 1 ? 'counts' : 'count';
}

function subjectOf({ check, node, peer, object }: ReportSuppression): string {
  return [
    check,
    node === undefined ? '' : `on ${node}`,
    peer === undefined ? '' : `towards ${peer}`,
    object === undefined ? '' : `for ${object}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
