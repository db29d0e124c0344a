// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';
import { countPairs } from '#engine/pairs.ts';
import { describeCluster, describeNodes } from '#engine/describe.ts';
import { runChecks } from '#engine/run-checks.ts';
import { reportFindings, reportVerdict } from '#engine/report-findings.ts';
import { suppress } from '#engine/suppress.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Suppression } from '#model/suppression.ts';
import { type Report, REPORT_SCHEMA_VERSION } from '#report/report.ts';

/** What to judge. */
export interface JudgeOptions {
  readonly checks: readonly AnyCheck[];
  /** Version of Selvage, for the report. */
  readonly toolVersion: string;
  /** Judge only these nodes; cluster checks run all the same. Absent means all nodes. */
  readonly nodes?: readonly string[];
  /** Findings that somebody knows and accepts. Absent when nobody said anything about it. */
  readonly suppressions?: readonly Suppression[];
}

/** The whole decision: a snapshot in, a report out. Pure: the same snapshot gives the same report. */
export function judge(snapshot: Snapshot, options: JudgeOptions): Report {
  const only = options.nodes === undefined ? undefined : new Set(options.nodes);
  const results = runChecks(snapshot, options.checks, only);
  const report: Report = {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'selvage', version: options.toolVersion },
    cluster: describeCluster(snapshot),
    startedAt: snapshot.startedAt,
    finishedAt: snapshot.finishedAt,
    nodes: describeNodes(snapshot),
    pairs: countPairs(snapshot, results, only),
    verdicts: results.map(reportVerdict),
    findings: reportFindings(results),
  };
  const { suppressions } = options;
  return suppressions === undefined ? report : suppress(report, suppressions);
}
