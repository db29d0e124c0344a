// SPDX-License-Identifier: Apache-2.0

import { beforeAll, describe, expect, it } from 'vitest';

import { ALL_PAIRS, faultCases } from './fault-cases.ts';
import { exitCodeOf, pairsOf, runFault } from './fault-run.ts';
import type { FaultRun } from './fault-run.ts';
import { recordMeasurement } from './measurements.ts';

describe.each(faultCases('vxlan'))('fault $faults', (faultCase) => {
  const { faults, findings, later, mayRemain = [] } = faultCase;
  const name = faults.join(' ');
  let run: FaultRun;

  beforeAll(async () => {
    run = await runFault(faultCase);
  });

  it('gives exactly its findings', (context) => {
    recordMeasurement(context, `selvage check, ${name}`, [run.faulty.wallTimeMs]);
    recordMeasurement(context, `lab heal, ${name}`, [run.healTimeMs]);

    expect(run.faulty.findings).toEqual(findings.toSorted());
  });

  it('gives the exit code of its findings', () => {
    expect(run.faulty.exitCode).toBe(exitCodeOf(faultCase));
  });

  it('counts the pairs that it breaks and those it hides', () => {
    expect(run.faulty.report.pairs).toEqual(pairsOf(faultCase));
  });

  it.each(later === undefined ? [] : [later])('gives exactly what is true later', (truth) => {
    expect(run.later?.findings).toEqual(truth.findings.toSorted());
  });

  it('leaves no finding after the heal but those that may remain', () => {
    const remaining = run.healed.findings.filter((finding) => !mayRemain.includes(finding));

    expect(remaining).toEqual([]);
  });

  it('gives exit code 0 and every pair whole after the heal', () => {
    expect(run.healed.exitCode).toBe(0);
    expect(run.healed.report.pairs).toEqual({ checked: ALL_PAIRS, broken: 0, unknown: 0 });
  });
});
