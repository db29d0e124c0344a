// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';

import { coverageOf } from '../coverage.ts';
import { activeFindings } from '../suppressions.ts';
import { brokenClauses } from './broken-clauses.ts';
import { abridged, count, counted, groupBy } from './names.ts';
import type { Mark, Style } from './style.ts';

/** Clauses of who cannot reach whom before the headline refers to the text below. */
const MAX_CLAUSES = 2;

/** The one sentence to read when there is time for only one, and how grave it is. */
export interface Headline {
  readonly mark: Mark;
  readonly text: string;
}

/**
 * Says in one sentence what a report comes to. Broken pairs are told also when everything that breaks them is
 * suppressed: then the sentence says so, and is no alarm.
 */
export function headline(report: Report, style: Style, narrowed: boolean): Headline {
  const { pairs } = report;
  const grave = stable(activeFindings(report)).filter(({ severity }) => severity === 'critical');
  if (pairs.broken > 0) return broken(report, style);
  if (grave.length > 0) {
    return { mark: 'critical', text: `${held(report)}, but ${titles(grave, style)}.` };
  }
  const coverage = coverageOf(report, narrowed);
  if (coverage === 'none') return { mark: 'unknown', text: nothingText(report) };
  if (coverage === 'some') return { mark: 'unknown', text: partText(report) };
  const warnings = stable(activeFindings(report)).filter(({ severity }) => severity === 'warning');
  if (warnings.length > 0) {
    return { mark: 'warning', text: `${held(report)}, but ${titles(warnings, style)}.` };
  }
  return { mark: 'pass', text: `${held(report)} (${about(report, style)}).` };
}

/** What was looked at: `3 nodes, vxlan, flannel v0.28.9, 0.4 s`. */
export function about(report: Report, style: Style): string {
  const { flannel } = report.cluster;
  const tookMs = Date.parse(report.finishedAt) - Date.parse(report.startedAt);
  return [
    counted(report.nodes.length, 'node'),
    flannel?.backend,
    flannel === undefined ? undefined : `flannel ${flannel.version ?? 'of unknown version'}`,
    Number.isFinite(tookMs) ? duration(tookMs) : undefined,
  ]
    .filter((part) => part !== undefined)
    .map((part) => style.clean(part))
    .join(', ');
}

function duration(milliseconds: number): string {
  return milliseconds < 100 ? `${count(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function stable(findings: readonly ReportFinding[]): readonly ReportFinding[] {
  return findings.filter(({ stability }) => stability === 'stable');
}

function held({ pairs, verdicts }: Report): string {
  const all = pairs.checked + pairs.unknown;
  if (pairs.checked > 0) {
    const whole = `${count(pairs.checked - pairs.broken)} of ${counted(all, 'node pair')}`;
    const verb = all === 1 ? 'holds' : 'hold';
    const rest = pairs.unknown > 0 ? `, ${count(pairs.unknown)} not checked` : '';
    return `${whole} ${verb} what Flannel needs${rest}`;
  }
  const asked = new Set(verdicts.map(({ check }) => check)).size;
  return all === 0
    ? 'There are no two Linux nodes to connect'
    : `${counted(asked, 'check')} done, node pairs not judged`;
}

function nothingText({ pairs, nodes }: Report): string {
  return pairs.unknown > 0
    ? `None of ${counted(pairs.unknown, 'node pair')} could be checked.`
    : `Nothing could be checked (${counted(nodes.length, 'node')}).`;
}

function partText(report: Report): string {
  const { checked, unknown } = report.pairs;
  if (checked === 0 || unknown === 0) {
    return `${held(report)}, but not everything could be checked.`;
  }
  return (
    `${count(unknown)} of ${counted(checked + unknown, 'node pair')} could not be checked; ` +
    `the other ${count(checked)} ${checked === 1 ? 'holds' : 'hold'} what Flannel needs.`
  );
}

/** What is wrong and where, by the titles of the findings. */
function titles(findings: readonly ReportFinding[], style: Style): string {
  const groups = [...groupBy(findings, ({ title }) => title)].map(([title, [first, ...rest]]) => {
    const nodes = distinct([first, ...rest].flatMap(({ node }) => node ?? []));
    const where =
      nodes.length === 0 ? '' : ` on ${abridged(nodes.map((node) => style.clean(node)))}`;
    return `${lowerFirst(style.clean(title))}${where}`;
  });
  const shown = groups.slice(0, MAX_CLAUSES).join('; ');
  const more = groups.length - MAX_CLAUSES;
  return more > 0 ? `${shown}; and ${count(more)} more` : shown;
}

function broken(report: Report, style: Style): Headline {
  const { pairs } = report;
  const all = pairs.checked + pairs.unknown;
  const notChecked = pairs.unknown > 0 ? ` (${count(pairs.unknown)} could not be checked)` : '';
  const verb = pairs.broken === 1 ? 'is' : 'are';
  const clauses = brokenClauses(report, style);
  const shown = clauses.slice(0, MAX_CLAUSES).join('; ');
  const more = clauses.length > MAX_CLAUSES ? '; and more, below' : '';
  const isAccepted = stable(activeFindings(report)).every(
    ({ breaks, severity }) => breaks === 'none' && severity !== 'critical',
  );
  const accepted = isAccepted ? ' All of it is suppressed.' : '';
  return {
    mark: isAccepted ? 'warning' : 'critical',
    text: `${count(pairs.broken)} of ${counted(all, 'node pair')} ${verb} broken${notChecked}: ${shown}${more}.${accepted}`,
  };
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
