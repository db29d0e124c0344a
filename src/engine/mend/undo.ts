// SPDX-License-Identifier: Apache-2.0

import type { MendingLock } from '#actuators/mending-lock.ts';
import type { AuditEntry } from '#audit/audit-record.ts';
import { type DoneStep, runStep, type StepContext } from '#engine/mend/run-step.ts';

/** Changes that can be taken back: done, with a step back, and not taken back yet. */
function undoable(history: readonly AuditEntry[]): readonly AuditEntry[] {
  return history.filter(
    ({ outcome, undoneBy }) => outcome?.undo !== undefined && undoneBy === undefined,
  );
}

/**
 * What `undo` means by an id: a change, or all changes of a run. Without one: the last run that changed something
 * and did not itself take something back.
 */
export function chosenForUndo(
  history: readonly AuditEntry[],
  id: string | undefined,
): readonly AuditEntry[] {
  const open = undoable(history);
  if (id !== undefined) return open.filter(({ intent }) => intent.id === id || intent.run === id);
  const last = open.findLast(({ intent }) => intent.undoes === undefined)?.intent.run;
  return open.filter(({ intent }) => intent.run === last && intent.undoes === undefined);
}

/** How taking back went. */
export interface UndoResult {
  readonly steps: readonly DoneStep[];
  readonly notBegun: number;
  readonly stopped?: 'interrupted' | 'lock-lost';
}

/** Takes changes back, the last first; each only if what it wrote is still there. */
export async function undoChanges(
  context: StepContext,
  entries: readonly AuditEntry[],
  control: {
    readonly lock: Pick<MendingLock, 'confirm'>;
    readonly interrupt: AbortSignal;
    readonly onStep: (done: DoneStep) => void;
  },
): Promise<UndoResult> {
  const steps: DoneStep[] = [];
  for (const { intent, outcome } of entries.toReversed()) {
    const notBegun = entries.length - steps.length;
    if (control.interrupt.aborted) return { steps, notBegun, stopped: 'interrupted' };
    if (!(await control.lock.confirm())) return { steps, notBegun, stopped: 'lock-lost' };
    if (outcome?.undo === undefined) continue;
    const reason = { remedy: intent.remedy, why: intent.why, undoes: intent.id };
    const done = await runStep(context, outcome.undo, reason);
    steps.push(done);
    control.onStep(done);
  }
  return { steps, notBegun: 0 };
}
