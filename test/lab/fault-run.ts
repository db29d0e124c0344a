// SPDX-License-Identifier: Apache-2.0

import { ALL_PAIRS } from './fault-cases.ts';
import type { FaultCase, Truth } from './fault-cases.ts';
import { lab } from './lab-command.ts';
import { selvageCheck } from './selvage-command.ts';
import type { CheckRun } from './selvage-command.ts';

/** What the program said about a fault, and after it. */
export interface FaultRun {
  readonly faulty: CheckRun;
  /** Absent when the case has no later moment. */
  readonly later: CheckRun | undefined;
  readonly healed: CheckRun;
  readonly healTimeMs: number;
}

async function inject({ faults }: FaultCase): Promise<void> {
  for (const fault of faults) await lab('fault', ...fault);
}

async function checkAt({ settled }: Truth, since: Date): Promise<CheckRun> {
  await settled?.(since);
  return selvageCheck();
}

async function observe(faultCase: FaultCase): Promise<Pick<FaultRun, 'faulty' | 'later'>> {
  const since = new Date();
  await inject(faultCase);
  if (faultCase.repairsItself !== undefined) {
    await faultCase.repairsItself();
    await inject(faultCase);
  }
  const faulty = await checkAt(faultCase, since);
  const later = faultCase.later === undefined ? undefined : await checkAt(faultCase.later, since);
  return { faulty, later };
}

/** Makes the faults of a case, checks, heals and checks again. Whatever fails, the next case meets a whole cluster. */
export async function runFault(faultCase: FaultCase): Promise<FaultRun> {
  let observed: Pick<FaultRun, 'faulty' | 'later'>;
  try {
    observed = await observe(faultCase);
  } catch (error) {
    await lab('heal');
    throw error;
  }
  const healStartedAt = performance.now();
  await lab('heal');
  const healTimeMs = performance.now() - healStartedAt;
  return { ...observed, healed: await selvageCheck(), healTimeMs };
}

/** Pairs as a report counts them at one moment. */
export function pairsOf({ broken = 0, unknown = 0 }: Truth): CheckRun['report']['pairs'] {
  return { checked: ALL_PAIRS - unknown, broken, unknown };
}

/** Exit code of a check that says just that: findings of use to someone, else what could not be judged, else health. */
export function exitCodeOf({ findings, unknown = 0 }: Truth): number {
  if (findings.some((finding) => !finding.endsWith(' info'))) return 1;
  return unknown > 0 ? 3 : 0;
}
