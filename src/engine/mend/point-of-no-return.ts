// SPDX-License-Identifier: Apache-2.0

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import { actuatorOf } from '#engine/mend/actuator-of.ts';
import type { DoneStep } from '#engine/mend/run-step.ts';
import type { Step } from '#model/plan.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Whether a stage that has come so far can be left: nothing was done that only its remaining steps make good. */
export function mayStopAfter(done: readonly DoneStep[]): boolean {
  return done.every(({ outcome, undo }) => outcome !== 'applied' || undo !== undefined);
}

/**
 * Why steps must not be begun, one sentence: one that nothing takes back is followed by one that could not be done
 * now. A link that is deleted needs the restart after it. Undefined when they may.
 */
export async function blocked(
  world: ActuatorWorld,
  steps: readonly Step[],
): Promise<string | undefined> {
  const at = steps.findIndex((step) => actuatorOf(step)?.undoOf(step) === undefined);
  const following = at < 0 ? [] : steps.slice(at + 1);
  for (const step of following) {
    const why = await obstacle(world, step);
    if (why !== undefined) return `What has to follow cannot be done now (${step.title}): ${why}`;
  }
  return undefined;
}

async function obstacle(world: ActuatorWorld, step: Step): Promise<string | undefined> {
  const actuator = actuatorOf(step);
  if (actuator === undefined) return 'its kind is not known.';
  try {
    const { state, now, reason } = await actuator.dryRun(world, step);
    if (state === 'ready') return undefined;
    return (
      reason ?? `it changed since the plan: ${now.length === 0 ? 'it is gone' : now.join('; ')}.`
    );
  } catch (error) {
    if (!isSourceError(error)) throw error;
    return error.message;
  }
}
