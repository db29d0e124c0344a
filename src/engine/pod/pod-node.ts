// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';
import type { PodNode, PodNodeVerdict } from '#resources/pod/pod-report.ts';

/** What a report says of one node: findings of it, and what is unknown; undefined when it does not know the node. */
export function podNode(report: Report, name: string): PodNode | undefined {
  const node = report.nodes.find((each) => each.name === name);
  if (node === undefined) return undefined;
  const subject = `node/${name}`;
  const own = report.verdicts.filter((each) => each.subject === subject);
  const failed = report.findings.filter((finding) => finding.node === name).map(failedVerdict);
  const unknown = own
    .filter(({ verdict }) => verdict === 'unknown')
    .map(({ check, reason = '' }): PodNodeVerdict => ({ check, verdict: 'unknown', text: reason }));
  return {
    name,
    ready: node.ready,
    passed: own.filter(({ verdict }) => verdict === 'pass').length,
    verdicts: [...failed, ...unknown],
  };
}

function failedVerdict({ check, severity, stability, message }: ReportFinding): PodNodeVerdict {
  const preview = stability === 'preview';
  return { check, verdict: 'fail', severity, ...(preview && { preview }), text: message };
}
