// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';

import { flannelRestartedAtMost } from '../conditions.ts';
import type { FaultCase, Truth } from '../fault-cases.ts';
import { exitCodeOf, pairsOf, runFault } from '../fault-run.ts';
import { selvageCheck } from '../selvage-command.ts';
import type { CheckRun } from '../selvage-command.ts';
import { type Blindness, isOf, seen } from './blindness.ts';
import type { Moment, Outcome } from './outcome.ts';

/** What one row holds before it is known where it stands. */
export type Judged = Omit<Outcome, 'program' | 'variant' | 'what' | 'seconds'>;

/** How often a healthy cluster is checked in a row. */
export const HEALTHY_RUNS = 20;

/** A third restart within an hour is a finding, and true; rows that crash a node follow one another faster. */
const RESTARTS_LEFT = 1;

const HEALTHY: Truth = { findings: [] };

function momentOf({ findings, report, exitCode }: CheckRun): Moment {
  return { findings, pairs: report.pairs, exitCode };
}

/** Differences between what was said and the truth, a sentence each. */
function differences(
  when: string,
  run: CheckRun,
  wholeTruth: Truth,
  blind: Blindness | undefined,
): string[] {
  const truth = seen(wholeTruth, blind);
  const expected = new Set(truth.findings);
  const said = new Set(run.findings);
  const pairs = pairsOf(truth);
  const judgedCode = exitCodeOf(truth);
  const exitCode = blind !== undefined && judgedCode === 0 ? 3 : judgedCode;
  return [
    ...[...expected].filter((each) => !said.has(each)).map((each) => `missing: ${each}`),
    ...[...said].filter((each) => !expected.has(each)).map((each) => `not true: ${each}`),
    ...(said.size === run.findings.length ? [] : ['a finding is there twice']),
    ...(isDeepStrictEqual(run.report.pairs, pairs)
      ? []
      : [`pairs ${JSON.stringify(run.report.pairs)} and not ${JSON.stringify(pairs)}`]),
    ...(run.exitCode === exitCode ? [] : [`exit code ${run.exitCode} and not ${exitCode}`]),
  ].map((difference) => `${when}: ${difference}`);
}

function unknownVerdicts(
  when: string,
  { report }: CheckRun,
  blind: Blindness | undefined,
): string[] {
  return report.verdicts
    .filter(({ verdict, check }) => verdict === 'unknown' && !isOf(blind, check))
    .map(({ check, subject, reason = '' }) => `${when}: unknown: ${check} ${subject} ${reason}`);
}

/** Makes faults and holds what is said against the truth. */
export async function judgeFault(faultCase: FaultCase, blind?: Blindness): Promise<Judged> {
  await flannelRestartedAtMost(RESTARTS_LEFT);
  const { faulty, later, healed } = await runFault(faultCase);
  const { mayRemain = [] } = faultCase;
  const said = later === undefined ? [faulty] : [faulty, later];
  const remaining = healed.findings.filter((finding) => mayRemain.includes(finding));
  return {
    moments: said.map(momentOf),
    remaining: healed.findings,
    problems: [
      ...differences('faulty', faulty, faultCase, blind),
      ...(later === undefined
        ? []
        : differences('later', later, faultCase.later ?? HEALTHY, blind)),
      ...differences('healed', healed, { findings: remaining }, blind),
    ],
  };
}

/** Checks a healthy cluster many times in a row: no finding, nothing unknown that can be seen, every pair whole. */
export async function judgeHealth(blind?: Blindness): Promise<Judged> {
  const runs: CheckRun[] = [];
  for (let run = 0; run < HEALTHY_RUNS; run += 1) runs.push(await selvageCheck());
  const last = runs.slice(-1);
  return {
    moments: last.map(momentOf),
    remaining: [],
    problems: runs.flatMap((run, index) => [
      ...differences(`run ${index + 1}`, run, HEALTHY, blind),
      ...unknownVerdicts(`run ${index + 1}`, run, blind),
    ]),
  };
}
