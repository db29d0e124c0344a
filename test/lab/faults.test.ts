// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ALL_PAIRS, FAULT_CASES } from './fault-cases.ts';
import { lab } from './lab-command.ts';
import { recordMeasurement } from './measurements.ts';
import { selvageCheck } from './selvage-command.ts';
import type { CheckRun } from './selvage-command.ts';

describe.each(FAULT_CASES)('fault $fault', (faultCase) => {
  const { fault, settled, findings, broken = 0, unknown = 0, mayRemain = [] } = faultCase;
  let faulty: CheckRun;
  let healed: CheckRun;
  let healTimeMs: number;
  let isHealed = false;

  beforeAll(async () => {
    await lab('fault', ...fault);
    await settled?.();
    faulty = await selvageCheck();
    const healStartedAt = performance.now();
    await lab('heal');
    isHealed = true;
    healTimeMs = performance.now() - healStartedAt;
    healed = await selvageCheck();
  });

  // Whatever failed here, the next fault meets a whole cluster.
  afterAll(async () => {
    if (!isHealed) await lab('heal');
  });

  it('gives exactly its findings', (context) => {
    recordMeasurement(context, `selvage check, ${fault.join(' ')}`, [faulty.wallTimeMs]);
    recordMeasurement(context, `lab heal, ${fault.join(' ')}`, [healTimeMs]);

    expect(faulty.findings).toEqual(findings.toSorted());
  });

  it('gives exit code 1', () => {
    expect(faulty.exitCode).toBe(1);
  });

  it('counts the pairs that it breaks and those it hides', () => {
    expect(faulty.report.pairs).toEqual({ checked: ALL_PAIRS - unknown, broken, unknown });
  });

  it('leaves no finding after the heal but those that may remain', () => {
    const remaining = healed.findings.filter((finding) => !mayRemain.includes(finding));

    expect(remaining).toEqual([]);
  });

  it('gives exit code 0 and every pair whole after the heal', () => {
    expect(healed.exitCode).toBe(0);
    expect(healed.report.pairs).toEqual({ checked: ALL_PAIRS, broken: 0, unknown: 0 });
  });
});
