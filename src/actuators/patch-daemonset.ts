// SPDX-License-Identifier: Apache-2.0

import { rolloutGap, waitForRollout } from '#actuators/daemon-set-rollout.ts';
import {
  type DaemonSetState,
  daemonSetOf,
  daemonSetPath,
  isSameResources,
  readDaemonSet,
  resourceLines,
  templateResources,
} from '#actuators/daemon-set-state.ts';
import {
  type Actuator,
  type ActuatorWorld,
  type Look,
  type StepResult,
  apiRight,
  inNamespace,
} from '#actuators/define-actuator.ts';
import type { ContainerResources } from '#model/cluster.ts';
import type { PatchDaemonSetStep } from '#model/plan.ts';
import { parseQuantity } from '#model/quantity.ts';
import { patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Changes requests and limits of one container of a DaemonSet, and waits until every pod carries them. */
export const actuator: Actuator<PatchDaemonSetStep> = {
  kind: 'patch-daemonset',
  needs: [
    inNamespace('flannel', apiRight('apps', 'daemonsets', 'get', 'patch')),
    inNamespace('flannel', apiRight('', 'pods', 'list')),
  ],
  refuse,
  dryRun: async (world, step) => {
    const set = await readDaemonSet(world, step);
    const look = lookAt(set, step);
    if (look.state === 'ready') await write(world, step, set, true);
    if (look.state !== 'done') return look;
    const reason = await rolloutGap(world, set, step);
    return reason === undefined ? look : { ...look, reason };
  },
  apply,
  undoOf: reversed,
};

const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;
const RESOURCE = /^(?:[-.a-z0-9]{1,253}\/)?[A-Za-z0-9][-._A-Za-z0-9]{0,62}$/;
const MAX_POD_SECONDS = 3600;

function refuse(step: PatchDaemonSetStep): string | undefined {
  const { namespace, name, container, podSeconds } = step;
  const odd = [namespace, name, container].find((text) => !NAME.test(text));
  if (odd !== undefined) return `"${odd}" is no name of a Kubernetes object.`;
  if (!(podSeconds >= 1 && podSeconds <= MAX_POD_SECONDS)) {
    return `A pod is waited for from 1 to ${String(MAX_POD_SECONDS)} seconds.`;
  }
  return oddResources(step.before) ?? oddResources(step.after) ?? aboveLimit(step.after);
}

function oddResources({ requests, limits }: ContainerResources): string | undefined {
  for (const [key, value] of [...Object.entries(requests), ...Object.entries(limits)]) {
    if (!RESOURCE.test(key)) return `"${key}" is no name of a resource.`;
    if (parseQuantity(value) === undefined) return `"${value}" is no quantity of ${key}.`;
  }
  return undefined;
}

function aboveLimit({ requests, limits }: ContainerResources): string | undefined {
  const key = Object.keys(requests).find((each) => {
    const limit = limits[each];
    if (limit === undefined) return false;
    return (parseQuantity(requests[each] ?? '') ?? 0n) > (parseQuantity(limit) ?? 0n);
  });
  return key === undefined
    ? undefined
    : `The request of ${key}, ${requests[key] ?? ''}, is above its limit, ${limits[key] ?? ''}.`;
}

/**
 * Only a rollout that takes one node after another is begun, and the DaemonSet's own strategy is what decides that:
 * nothing else is set.
 */
function oddStrategy({ spec: { updateStrategy } }: DaemonSetState): string | undefined {
  if (updateStrategy.type !== 'RollingUpdate') {
    return `its updateStrategy is ${updateStrategy.type}, so no pod would be replaced`;
  }
  const most = updateStrategy.rollingUpdate?.maxUnavailable ?? 1;
  return String(most) === '1'
    ? undefined
    : `its updateStrategy allows maxUnavailable ${String(most)}, not one node after another`;
}

function lookAt(set: DaemonSetState, step: PatchDaemonSetStep): Look {
  const live = templateResources(set, step);
  if (live === undefined) {
    return { state: 'moved', now: [], reason: `it has no container ${step.container} any more` };
  }
  const now = resourceLines(live);
  if (isSameResources(live, step.after)) return { state: 'done', now };
  if (!isSameResources(live, step.before)) return { state: 'moved', now };
  const reason = oddStrategy(set);
  return reason === undefined ? { state: 'ready', now } : { state: 'moved', now, reason };
}

/** Writes of the object's status change its version too, so the first answer need not be the last. */
const MOST_TRIES = 5;

async function apply(world: ActuatorWorld, step: PatchDaemonSetStep): Promise<StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const set = await readDaemonSet(world, step);
    const { state, now, reason } = lookAt(set, step);
    if (state !== 'ready') {
      const why = state === 'done' ? 'It is as it has to be already.' : reason;
      return {
        outcome: 'skipped',
        after: now,
        reason: why ?? `It was changed: ${now.join('; ')}.`,
      };
    }
    try {
      await write(world, step, set, false);
      break;
    } catch (error) {
      if (!isSourceError(error, 'conflict') || attempt === MOST_TRIES) throw error;
    }
  }
  const after = resourceLines(step.after);
  const undo = reversed(step);
  const { complete, detail } = await waitForRollout(world, step);
  return { outcome: complete ? 'applied' : 'failed', after, reason: detail, undo };
}

/**
 * Server-side apply takes away only what was applied by the same manager. The server rehearses it first: where a
 * value of somebody else would stay, a strategic merge patch takes it away instead. Both name the version read.
 */
async function write(
  world: ActuatorWorld,
  step: PatchDaemonSetStep,
  set: DaemonSetState,
  dryRun: boolean,
): Promise<void> {
  const { connection, signal } = world;
  const request = { path: daemonSetPath(step), operation: 'patch daemonsets', signal };
  const body = applyBody(step, set);
  const rehearsal = await patchObject(
    connection,
    { ...request, force: true, dryRun: true },
    'apply',
    body,
  );
  const rehearsed = templateResources(daemonSetOf(rehearsal), step);
  if (rehearsed !== undefined && isSameResources(rehearsed, step.after)) {
    if (!dryRun) await patchObject(connection, { ...request, force: true }, 'apply', body);
    return;
  }
  await patchObject(connection, { ...request, dryRun }, 'strategic', mergeBody(step, set));
}

function applyBody(step: PatchDaemonSetStep, { metadata }: DaemonSetState): object {
  const { namespace, name, after } = step;
  // An empty map would be a field of its own, and ours from then on.
  const parts = (['requests', 'limits'] as const).filter(
    (part) => Object.keys(after[part]).length > 0,
  );
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, resourceVersion: metadata.resourceVersion },
    ...specWith(step, Object.fromEntries(parts.map((part) => [part, after[part]] as const))),
  };
}

function mergeBody(step: PatchDaemonSetStep, { metadata }: DaemonSetState): object {
  const part = (name: 'requests' | 'limits'): object => ({
    ...Object.fromEntries(Object.keys(step.before[name]).map((key) => [key, null] as const)),
    ...step.after[name],
  });
  return {
    metadata: { resourceVersion: metadata.resourceVersion },
    ...specWith(step, { requests: part('requests'), limits: part('limits') }),
  };
}

function specWith({ container }: PatchDaemonSetStep, resources: object): object {
  return { spec: { template: { spec: { containers: [{ name: container, resources }] } } } };
}

function reversed({ notes: _, ...step }: PatchDaemonSetStep): PatchDaemonSetStep {
  const { before, after } = step;
  const lines = resourceLines(before);
  const title = `restore the resources of ${step.object} to ${lines.length === 0 ? 'none' : lines.join(', ')}`;
  return { ...step, title, before: after, after: before };
}
