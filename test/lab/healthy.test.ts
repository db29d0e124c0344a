// SPDX-License-Identifier: Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';

import { ALL_PAIRS } from './fault-cases.ts';
import { recordMeasurement } from './measurements.ts';
import { selvageCheck } from './selvage-command.ts';
import type { CheckRun } from './selvage-command.ts';

const RUNS = 20;

describe('a healthy cluster', () => {
  const runs: CheckRun[] = [];

  beforeAll(async () => {
    for (let run = 0; run < RUNS; run += 1) runs.push(await selvageCheck());
  });

  it('gives exit code 0 in every run', (context) => {
    recordMeasurement(
      context,
      'selvage check, healthy',
      runs.map((run) => run.wallTimeMs),
    );

    const exitCodes = runs.map((run) => run.exitCode);

    expect(exitCodes).toEqual(Array<number>(RUNS).fill(0));
  });

  it('has no finding in any run', () => {
    const findings = runs.flatMap((run) => run.findings);

    expect(findings).toEqual([]);
  });

  it('has every pair checked, none broken, none unknown in every run', () => {
    const pairs = runs.map((run) => run.report.pairs);

    const whole = { checked: ALL_PAIRS, broken: 0, unknown: 0 };
    expect(pairs).toEqual(Array<typeof whole>(RUNS).fill(whole));
  });

  it('has no unknown verdict in any run', () => {
    const unknown = runs
      .flatMap((run) => run.report.verdicts)
      .filter((verdict) => verdict.verdict === 'unknown');

    expect(unknown).toEqual([]);
  });
});
