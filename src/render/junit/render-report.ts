// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding, ReportVerdict } from '#report/report.ts';

import { markupText } from '../markup-text.ts';
import { groupBy } from '../terminal/names.ts';

/**
 * The report as JUnit XML for CI systems: one suite per check, one test case per verdict.
 *
 * - Findings that make the exit code 1 by default (stable, above `info`) are a `failure`; the others are told in
 *   `system-out` of a case that passes.
 * - A case whose findings that count are all suppressed is `skipped`, with the reason.
 * - An unknown verdict is an `error`: silence is not health.
 */
export function* renderJunit(report: Report): Generator<string, void> {
  const { verdicts } = report;
  const findings = groupBy(report.findings, ({ check, node }) => keyOf(check, subjectOf(node)));
  const found = ({ check, subject }: ReportVerdict): readonly ReportFinding[] =>
    findings.get(keyOf(check, subject)) ?? [];
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="selvage" ${totals(verdicts, found)} time="${seconds(report)}">\n`;
  for (const [check, cases] of groupBy(verdicts, (verdict) => verdict.check)) {
    yield `  <testsuite name="${markupText(check)}" ${totals(cases, found)} skipped="${String(skippedOf(cases, found))}" time="0" timestamp="${markupText(report.startedAt.replace(/(?:\.\d+)?Z$/u, ''))}">\n`;
    yield properties(clusterProperties(report), 4);
    for (const verdict of cases) yield testcase(verdict, found(verdict));
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';
}

type Found = (verdict: ReportVerdict) => readonly ReportFinding[];

function totals(verdicts: readonly ReportVerdict[], found: Found): string {
  const failures = verdicts.filter((verdict) => isFailure(verdict, found(verdict))).length;
  return `tests="${String(verdicts.length)}" failures="${String(failures)}" errors="${String(countOf(verdicts, 'unknown'))}"`;
}

function countOf(verdicts: readonly ReportVerdict[], wanted: ReportVerdict['verdict']): number {
  return verdicts.filter(({ verdict }) => verdict === wanted).length;
}

function skippedOf(verdicts: readonly ReportVerdict[], found: Found): number {
  const accepted = verdicts.filter((verdict) => isAccepted(verdict, found(verdict))).length;
  return countOf(verdicts, 'skip') + accepted;
}

/** A verdict that would be a failure, if somebody had not suppressed every finding that makes it one. */
function isAccepted(verdict: ReportVerdict, findings: readonly ReportFinding[]): boolean {
  const isSuppressed = findings.some(
    (finding) => finding.suppressed !== undefined && isGrave(finding),
  );
  return verdict.verdict === 'fail' && isSuppressed && !isFailure(verdict, findings);
}

/** A verdict that fails without any finding in the report is taken at its word. */
function isFailure({ verdict }: ReportVerdict, findings: readonly ReportFinding[]): boolean {
  return verdict === 'fail' && (findings.length === 0 || findings.some(counts));
}

function counts(finding: ReportFinding): boolean {
  return isGrave(finding) && finding.suppressed === undefined;
}

function isGrave({ severity, stability }: ReportFinding): boolean {
  return stability === 'stable' && severity !== 'info';
}

function testcase(verdict: ReportVerdict, findings: readonly ReportFinding[]): string {
  const { check, subject } = verdict;
  const facts: readonly (readonly [string, string])[] = [
    ['verdict', verdict.verdict],
    ...findings.map(({ id, severity }) => ['finding', `${severity} ${id}`] as const),
  ];
  return [
    `    <testcase classname="selvage.${markupText(check)}" name="${markupText(subject)}" time="0">\n`,
    properties(facts, 6),
    outcome(verdict, findings),
    '    </testcase>\n',
  ].join('');
}

function outcome(verdict: ReportVerdict, findings: readonly ReportFinding[]): string {
  const reason = markupText(verdict.reason ?? 'No reason was given.');
  if (verdict.verdict === 'unknown') {
    return `      <error type="unknown" message="${reason}"/>\n`;
  }
  if (verdict.verdict === 'skip') return `      <skipped message="${reason}"/>\n`;
  if (verdict.verdict === 'pass') return '';
  const failing = findings.filter(counts);
  const harmless = findings.filter((finding) => !counts(finding));
  const told =
    harmless.length === 0 ? '' : `      <system-out>${harmless.map(lines).join('')}</system-out>\n`;
  if (isAccepted(verdict, findings)) {
    const reasons = new Set(findings.flatMap(({ suppressed }) => suppressed ?? []).map(untilText));
    return `      <skipped message="${markupText(`Suppressed ${[...reasons].join('; ')}`)}"/>\n${told}`;
  }
  if (!isFailure(verdict, findings)) return told;
  const [first] = failing;
  const type = first?.severity ?? 'critical';
  const message = first === undefined ? 'It failed.' : markupText(first.message);
  return `      <failure type="${type}" message="${message}">${failing.map(lines).join('')}</failure>\n${told}`;
}

function untilText({ expires, reason }: NonNullable<ReportFinding['suppressed']>): string {
  return `until ${expires}: ${reason}`;
}

function lines({ message, expected, observed }: ReportFinding): string {
  return `${markupText(message)}\nexpected: ${markupText(expected)}\nobserved: ${markupText(observed)}\n`;
}

function properties(entries: readonly (readonly [string, string])[], indent: number): string {
  const pad = ' '.repeat(indent);
  const rows = entries.map(
    ([name, value]) => `${pad}  <property name="${name}" value="${markupText(value)}"/>\n`,
  );
  return `${pad}<properties>\n${rows.join('')}${pad}</properties>\n`;
}

function clusterProperties({ cluster, pairs, tool }: Report): readonly [string, string][] {
  const all: readonly (readonly [string, string | undefined])[] = [
    ['context', cluster.context],
    ['kubernetes', cluster.version],
    ['flannel', cluster.flannel?.version],
    ['backend', cluster.flannel?.backend],
    ['selvage', tool.version],
    ['pairs.checked', String(pairs.checked)],
    ['pairs.broken', String(pairs.broken)],
    ['pairs.unknown', String(pairs.unknown)],
  ];
  return all.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
}

function seconds({ startedAt, finishedAt }: Report): string {
  const milliseconds = Date.parse(finishedAt) - Date.parse(startedAt);
  return Number.isFinite(milliseconds) ? (Math.max(0, milliseconds) / 1000).toFixed(3) : '0';
}

function subjectOf(node: string | undefined): string {
  return node === undefined ? 'cluster' : `node/${node}`;
}

function keyOf(check: string, subject: string): string {
  return JSON.stringify([check, subject]);
}
