// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import { definedFields } from '#model/defined-fields.ts';
import { type Finding, SEVERITIES } from '#model/finding.ts';
import type { ReportFinding, ReportVerdict } from '#report/report.ts';

/** A result as the report shows it, without its findings. */
export function reportVerdict({ check, node, verdict }: CheckResult): ReportVerdict {
  return definedFields({
    check: check.id,
    subject: node === undefined ? 'cluster' : `node/${node}`,
    verdict: verdict.verdict,
    reason: 'reason' in verdict ? verdict.reason : undefined,
  });
}

/** All findings of a run as the report shows them: gravest first, then by node, check and peer. */
export function reportFindings(results: readonly CheckResult[]): readonly ReportFinding[] {
  return results
    .flatMap(({ check, node, verdict }) =>
      verdict.verdict === 'fail'
        ? verdict.findings.map((finding) => reportFinding(check, node, finding))
        : [],
    )
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        compareText(a.node, b.node) ||
        compareText(a.check, b.check) ||
        compareText(a.peer, b.peer) ||
        compareText(a.object, b.object),
    );
}

/** By code unit, so that the order depends on no locale; absent comes first. */
function compareText(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function reportFinding(check: AnyCheck, node: string | undefined, finding: Finding): ReportFinding {
  const { peer, object } = finding;
  return definedFields({
    id: [check.id, node, peer, object].filter((part) => part !== undefined).join(':'),
    check: check.id,
    title: check.title,
    severity: finding.severity ?? check.severity,
    node,
    peer,
    object,
    message: renderMessage(check, node, finding),
    expected: finding.expected,
    observed: finding.observed,
    breaks: finding.breaks,
    evidence: finding.evidence,
    stability: check.stability,
  });
}

const PLACEHOLDER = /\{(\w+)\}/g;

/** Fills a message template. A placeholder without a value stays as it is; the check's tester refuses that. */
export function renderMessage(check: AnyCheck, node: string | undefined, finding: Finding): string {
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...finding.data,
    node,
    peer: finding.peer,
  };
  const template = check.messages[finding.messageId] ?? `{${finding.messageId}}`;
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => String(values[name] ?? whole));
}
