// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import type { Actuator, ActuatorWorld, StepResult } from '#actuators/define-actuator.ts';
import type { AuditLog } from '#audit/audit-log.ts';
import type { IntentRecord, OutcomeRecord } from '#audit/audit-record.ts';
import { actuatorOf, refusalOf } from '#engine/mend/actuator-of.ts';
import type { PlannedFinding, Step } from '#model/plan.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What all changes of one run have in common. */
export interface RunIdentity extends Pick<IntentRecord, 'run' | 'who' | 'cluster' | 'namespace'> {
  /** The next step's number. */
  readonly nextId: () => string;
}

/** What a step is done with. */
export interface StepContext {
  readonly world: ActuatorWorld;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly identity: RunIdentity;
  /** How long to wait for the state to be readable again after an answer was lost, milliseconds. */
  readonly recoverMs: number;
}

/** Why a step is done. */
export interface StepReason {
  readonly remedy: string;
  readonly why: readonly PlannedFinding[];
  readonly undoes?: string;
}

/** What was done. */
export interface DoneStep {
  readonly step: Step;
  readonly outcome: StepResult['outcome'] | 'unknown';
  readonly after: readonly string[];
  readonly reason?: string;
  readonly undo?: Step;
  /** Id in the audit; absent when nothing was attempted. */
  readonly id?: string;
}

const RECOVER_POLL_MS = 1000;

/**
 * Carries out one step: looks, writes the intent to the audit, applies, writes the outcome. When the answer is lost,
 * the state itself tells what came of it.
 *
 * @throws Error when the audit cannot be written: then nothing was changed
 */
export async function runStep(
  context: StepContext,
  step: Step,
  reason: StepReason,
): Promise<DoneStep> {
  const actuator = actuatorOf(step);
  const refused = refusalOf(step);
  if (actuator === undefined || refused !== undefined) {
    return { step, outcome: 'failed', after: [], reason: refused ?? '' };
  }
  const look = await attempt(() => actuator.dryRun(context.world, step));
  if ('error' in look) return { step, outcome: 'failed', after: [], reason: look.error };
  const { state, now } = look.value;
  if (state === 'done') {
    const reason = look.value.reason ?? 'It is as it has to be already.';
    return { step, outcome: 'skipped', after: now, reason };
  }
  if (state === 'moved') {
    const what = look.value.reason ?? (now.length === 0 ? 'it is gone' : `now ${now.join('; ')}`);
    return { step, outcome: 'skipped', after: now, reason: `It changed since the plan: ${what}.` };
  }
  const id = context.identity.nextId();
  await context.audit.append(intentOf(context.identity, { id, step, before: now, reason }));
  const result = await applied(context, actuator, step);
  await context.audit.append(outcomeOf(id, result));
  return { ...result, step, id };
}

function intentOf(
  { nextId: _, ...identity }: RunIdentity,
  about: { id: string; step: Step; before: readonly string[]; reason: StepReason },
): IntentRecord {
  const { id, step, before, reason } = about;
  const at = new Date().toISOString();
  return { v: 1, event: 'intent', id, at, ...identity, ...reason, step, before };
}

/** The record of how a change ended. */
export function outcomeOf(
  id: string,
  { outcome, after, reason, undo }: Omit<DoneStep, 'step' | 'id'>,
): OutcomeRecord {
  return {
    v: 1,
    event: 'outcome',
    id,
    at: new Date().toISOString(),
    outcome,
    after,
    ...(reason !== undefined && { reason }),
    ...(undo !== undefined && { undo }),
  };
}

type Ended = Omit<DoneStep, 'step' | 'id'>;

async function applied(
  { world, recoverMs }: StepContext,
  actuator: Actuator<Step>,
  step: Step,
): Promise<Ended> {
  const result = await attempt(() => actuator.apply(world, step));
  if ('value' in result) return result.value;
  const until = performance.now() + recoverMs;
  for (;;) {
    const ended = await settle(world, actuator, step);
    if (ended.outcome !== 'unknown' || performance.now() >= until) {
      return { ...ended, reason: `${result.error} ${ended.reason ?? ''}`.trim() };
    }
    await sleep(RECOVER_POLL_MS);
  }
}

/** What came of a step whose end nobody saw, told by what is there now. */
export async function settle(
  world: ActuatorWorld,
  actuator: Actuator<Step>,
  step: Step,
): Promise<Ended> {
  const look = await attempt(() => actuator.dryRun(world, step));
  if ('error' in look) return { outcome: 'unknown', after: [], reason: look.error };
  const { state, now } = look.value;
  if (state === 'ready') return { outcome: 'failed', after: now, reason: 'Nothing was changed.' };
  if (state === 'moved') {
    const reason = 'What is there now is neither what was there before nor what was to be written.';
    return { outcome: 'unknown', after: now, reason };
  }
  const undo = actuator.undoOf(step);
  const reason = look.value.reason ?? 'The change is there.';
  return { outcome: 'applied', after: now, reason, ...(undo !== undefined && { undo }) };
}

/** A failure of the other side as a sentence; our own mistakes go on. */
async function attempt<T>(
  call: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly error: string }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (!isSourceError(error)) throw error;
    return { error: error.message };
  }
}
