// SPDX-License-Identifier: Apache-2.0

import { coverageOf } from '#render/coverage.ts';
import type { Severity } from '#model/finding.ts';
import type { Report, ReportFinding } from '#report/report.ts';

/** Exit codes of `selvage`, documented in `docs/guide/exit-codes.md`; part of the public contract. */
export const EXIT = {
  /** Everything that was asked about holds. */
  healthy: 0,
  /** At least one stable finding as grave as `--fail-on` that nobody suppressed. */
  findings: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Nothing grave was found, but not enough could be checked to say that all is well. */
  notEnough: 3,
} as const;

/** What counts as a failure. */
export interface ExitPolicy {
  /** The mildest severity that fails; `info` never does. */
  readonly failOn: Exclude<Severity, 'info'>;
  /** Unknown verdicts do not keep the run from being healthy, as long as something was judged. */
  readonly allowUnknown: boolean;
  /** Only some checks or nodes were asked for. */
  readonly narrowed: boolean;
}

/** Whether a finding makes the exit code 1: it is stable, as grave as `failOn`, and nobody suppressed it. */
export function isFailure(
  { severity, stability, suppressed }: ReportFinding,
  failOn: ExitPolicy['failOn'],
): boolean {
  return (
    stability === 'stable' &&
    suppressed === undefined &&
    (severity === 'critical' || (severity === 'warning' && failOn === 'warning'))
  );
}

/** The exit code that a report comes to. */
export function exitCodeOf(report: Report, policy: ExitPolicy): 0 | 1 | 3 {
  if (report.findings.some((finding) => isFailure(finding, policy.failOn))) return EXIT.findings;
  const coverage = coverageOf(report, policy.narrowed);
  const isEnough = coverage === 'all' || (coverage === 'some' && policy.allowUnknown);
  return isEnough ? EXIT.healthy : EXIT.notEnough;
}
