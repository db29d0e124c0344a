// SPDX-License-Identifier: Apache-2.0

import type { AuditEntry } from '#audit/audit-record.ts';
import { actuatorOf, refusalOf } from '#engine/mend/actuator-of.ts';
import { type DoneStep, outcomeOf, settle, type StepContext } from '#engine/mend/run-step.ts';

/** A step of an earlier run that died between the step and its record, and what came of it. */
export interface ResolvedStep {
  readonly entry: AuditEntry;
  readonly done: Omit<DoneStep, 'id'>;
}

/** The changes whose end is not in the audit. */
export function unfinished(history: readonly AuditEntry[]): readonly AuditEntry[] {
  return history.filter(({ outcome }) => outcome === undefined);
}

/**
 * Finds out what came of the steps of a run that died, by what is there now, and writes it to the audit. Call it
 * while holding the lock only: a run that is alive has such steps too.
 */
export async function resolveUnfinished(
  { world, audit, identity }: StepContext,
  entries: readonly AuditEntry[],
): Promise<readonly ResolvedStep[]> {
  const resolved: ResolvedStep[] = [];
  for (const entry of entries) {
    const { step, id } = entry.intent;
    const actuator = actuatorOf(step);
    if (actuator === undefined || refusalOf(step) !== undefined) continue;
    const ended = await settle(world, actuator, step);
    await audit.append({ ...outcomeOf(id, ended), resolvedBy: identity.run });
    resolved.push({ entry, done: { ...ended, step } });
  }
  return resolved;
}
