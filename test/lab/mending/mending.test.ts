// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lab, tryLab } from '../lab-command.ts';
import { recordMeasurement } from '../measurements.ts';
import { type CheckRun, selvageCheck } from '../selvage-command.ts';
import { type FixResult, selvageAsAdmin, selvageFix, treated } from './fix-command.ts';
import { clusterText, flannelPods } from './kernel-text.ts';
import { MENDING_CASES, type MendingCase } from './mending-cases.ts';

const isWhole = process.env['LAB_MENDING'] === 'all';
const cases = MENDING_CASES.filter(({ inCi }) => isWhole || inCi);

/** What stands in the nodes at one moment. */
interface Moment {
  readonly text: readonly string[];
  readonly pods: readonly string[];
}

async function moment(): Promise<Moment> {
  return { text: await clusterText(), pods: await flannelPods() };
}

interface Mended {
  readonly broken: Moment;
  readonly fix: FixResult;
  readonly mended: Moment;
  readonly check: CheckRun;
  /** Exit code of the lab's own pings, Service and DNS look-ups. */
  readonly traffic: number;
  readonly undo: { readonly exitCode: number };
  readonly undone: Moment;
}

async function mendAndUndo({ fault }: MendingCase): Promise<Mended> {
  const since = new Date();
  for (const words of fault.faults) await lab('fault', ...words);
  await fault.settled?.(since);
  const broken = await moment();
  const fix = await selvageFix();
  const check = await selvageCheck();
  const traffic = await tryLab('check');
  const mended = await moment();
  const undo = await selvageAsAdmin('undo', fix.run, '--yes');
  return {
    broken,
    fix,
    mended,
    check,
    traffic: traffic.exitCode,
    undo,
    undone: await moment(),
  };
}

describe.each(cases)('fault $fault.faults, mended', (mendingCase) => {
  let run: Mended;

  beforeAll(async () => {
    run = await mendAndUndo(mendingCase);
  });

  afterAll(async () => {
    await lab('heal');
  });

  it('is treated by the smallest remedy', (context) => {
    recordMeasurement(context, `selvage fix, ${mendingCase.fault.faults.join(' ')}`, [
      run.fix.wallTimeMs,
    ]);

    const { remedies, mayFollow = [] } = mendingCase;
    expect(treated(run.fix).filter((each) => !mayFollow.includes(each))).toEqual(remedies);
  });

  it('says why nothing smaller serves, where it disturbs', () => {
    const reasons = run.fix.plan.stages.flatMap(({ whyNotSmaller }) => whyNotSmaller);

    expect(reasons.length > 0).toBe(!mendingCase.leavesPods);
  });

  it('leaves no finding but those that may remain, and traffic', () => {
    const { mayRemain = [] } = mendingCase.fault;
    const left = run.check.findings.filter((finding) => !mayRemain.includes(finding));

    expect(left).toEqual([]);
    expect(run.fix.exitCode).toBe(0);
    expect(run.traffic).toBe(0);
  });

  it('touches a pod of flannel only where its remedy says so', () => {
    expect(run.mended.pods.join() === run.broken.pods.join()).toBe(mendingCase.leavesPods);
  });

  it.skipIf(mendingCase.mayFollow)(
    'is taken back, byte for byte, or was no change to take back',
    () => {
      const before = mendingCase.leavesPods ? run.broken : run.mended;

      expect(run.undo.exitCode).toBe(mendingCase.leavesPods ? 0 : 2);
      expect(run.undone.text).toEqual(before.text);
      expect(run.undone.pods).toEqual(run.mended.pods);
    },
  );
});
