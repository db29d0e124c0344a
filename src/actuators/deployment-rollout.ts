// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import {
  type DeploymentState,
  readDeployment,
  waitingReasons,
} from '#actuators/deployment-state.ts';
import type { PatchDeploymentStep } from '#model/plan.ts';
import { isSourceError, type SourceError } from '#sources/source-error.ts';

/** How the wait for the pods of a Deployment ended. */
export interface DeploymentRollout {
  /** At least one pod is ready, or none was wanted: the rest may come later. */
  readonly ready: boolean;
  /** One sentence. */
  readonly detail: string;
}

const POLL_MS = 500;

/**
 * Waits until the Deployment's controller has seen the change and all pods are ready, at most `readySeconds`. A
 * server that does not answer is waited for as long.
 *
 * @throws SourceError when the server did not answer up to that end
 */
export async function waitForDeployment(
  world: ActuatorWorld,
  step: PatchDeploymentStep,
): Promise<DeploymentRollout> {
  const until = performance.now() + step.readySeconds * 1000;
  for (;;) {
    const live = await attempt(() => readDeployment(world, step));
    const isLate = performance.now() >= until;
    if ('error' in live) {
      if (isLate) throw live.error;
    } else if (isComplete(live.value)) {
      return { ready: true, detail: `${readyText(live.value)}.` };
    } else if (isLate) {
      return late(world, step, live.value);
    }
    await sleep(POLL_MS, undefined, { signal: world.signal });
  }
}

function isComplete({ metadata, spec, status }: DeploymentState): boolean {
  const { observedGeneration, replicas, updatedReplicas, readyReplicas } = status;
  return (
    observedGeneration >= metadata.generation &&
    [replicas, updatedReplicas, readyReplicas].every((count) => count === spec.replicas)
  );
}

function readyText({ spec, status }: DeploymentState): string {
  return `${String(status.readyReplicas)} of ${String(spec.replicas)} pods are ready`;
}

async function late(
  world: ActuatorWorld,
  step: PatchDeploymentStep,
  live: DeploymentState,
): Promise<DeploymentRollout> {
  const reasons = await attempt(() => waitingReasons(world, step, live));
  const why =
    'value' in reasons && reasons.value.length > 0 ? `, waiting: ${reasons.value.join(', ')}` : '';
  const detail = `After ${String(step.readySeconds)} s ${readyText(live)}${why}.`;
  return { ready: live.status.readyReplicas > 0, detail };
}

async function attempt<T>(
  call: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly error: SourceError }> {
  try {
    return { value: await call() };
  } catch (error) {
    if (isSourceError(error)) return { error };
    throw error;
  }
}
