// SPDX-License-Identifier: Apache-2.0

import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  inNamespace,
  type Look,
  type StepResult,
} from '#actuators/define-actuator.ts';
import { waitForDeployment } from '#actuators/deployment-rollout.ts';
import {
  deploymentPath,
  type DeploymentState,
  isSpread,
  makesDnsPods,
  readDeployment,
  restartedAt,
  spreadSpec,
} from '#actuators/deployment-state.ts';
import type { PatchDeploymentStep } from '#model/plan.ts';
import { RESTARTED_AT } from '#sources/kubernetes/objects/deployment.ts';
import { patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** Scales the Deployment of the cluster's DNS, makes its pods anew or spreads them, and waits until they are ready. */
export const actuator: Actuator<PatchDeploymentStep> = {
  kind: 'patch-deployment',
  needs: [
    inNamespace('kube-system', apiRight('apps', 'deployments', 'get', 'patch')),
    inNamespace('kube-system', apiRight('', 'pods', 'list')),
  ],
  refuse,
  dryRun: async (world, step) => {
    const live = await read(world, step);
    const look = lookAt(live, step);
    if (live !== undefined && look.state === 'ready') await write(world, step, live, true);
    return look;
  },
  apply,
  undoOf: reversed,
};

const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;
const UID = /^[A-Za-z0-9-]{1,64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const MOST_REPLICAS = 100;
const MOST_SECONDS = 600;

function refuse({
  namespace,
  name,
  uid,
  change,
  readySeconds,
}: PatchDeploymentStep): string | undefined {
  if (namespace !== 'kube-system' || !NAME.test(name) || !UID.test(uid)) {
    return 'It names no Deployment of kube-system.';
  }
  if (!(Number.isInteger(readySeconds) && readySeconds >= 1 && readySeconds <= MOST_SECONDS)) {
    return `Its pods are waited for from 1 to ${String(MOST_SECONDS)} seconds.`;
  }
  return oddChange(change);
}

function oddChange({ field, before, after }: PatchDeploymentStep['change']): string | undefined {
  const isEach = (is: (value: unknown) => boolean): boolean => is(before) && is(after);
  // A plan that was edited by hand can name another field.
  switch (field as string) {
    case 'replicas':
      return isEach(isReplicas)
        ? undefined
        : `Replicas are a whole number up to ${String(MOST_REPLICAS)}.`;
    case 'restartedAt':
      return isEach(isMark) ? undefined : 'The mark of a restart is an instant.';
    case 'spread':
      return isEach((value) => typeof value === 'boolean')
        ? undefined
        : 'A wish is there, or it is not.';
    default:
      return 'It changes a field that Selvage does not write.';
  }
}

function isReplicas(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_REPLICAS;
}

function isMark(value: unknown): boolean {
  return value === null || (typeof value === 'string' && INSTANT.test(value));
}

async function read(
  world: ActuatorWorld,
  step: PatchDeploymentStep,
): Promise<DeploymentState | undefined> {
  try {
    return await readDeployment(world, step);
  } catch (error) {
    if (isSourceError(error, 'not-found')) return undefined;
    throw error;
  }
}

function lookAt(live: DeploymentState | undefined, step: PatchDeploymentStep): Look {
  if (live?.metadata.uid !== step.uid) {
    return { state: 'moved', now: [], reason: 'it is gone, or another one by now' };
  }
  const { field, before, after } = step.change;
  const value = valueOf(live, field);
  const now = [`${field} ${String(value ?? 'none')}`];
  if (!makesDnsPods(live)) {
    return { state: 'moved', now, reason: "its pods are not those of the cluster's DNS" };
  }
  if (value === after) return { state: 'done', now };
  return { state: value === before ? 'ready' : 'moved', now };
}

function valueOf(
  live: DeploymentState,
  field: PatchDeploymentStep['change']['field'],
): number | string | boolean | null {
  switch (field) {
    case 'replicas':
      return live.spec.replicas;
    case 'restartedAt':
      return restartedAt(live);
    case 'spread':
      return isSpread(live);
  }
}

/** Writes of the object's status change its version too, so the first answer need not be the last. */
const MOST_TRIES = 5;

async function apply(world: ActuatorWorld, step: PatchDeploymentStep): Promise<StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const live = await read(world, step);
    const { state, now, reason } = lookAt(live, step);
    if (live === undefined || state !== 'ready') {
      const why = state === 'done' ? 'It is as it has to be already' : reason;
      return { outcome: 'skipped', after: now, reason: `${why ?? now.join('; ')}.` };
    }
    try {
      await write(world, step, live, false);
      break;
    } catch (error) {
      if (!isSourceError(error, 'conflict') || attempt === MOST_TRIES) throw error;
    }
  }
  const { field, after } = step.change;
  const { ready, detail } = await waitForDeployment(world, step);
  return {
    outcome: ready ? 'applied' : 'failed',
    after: [`${field} ${String(after ?? 'none')}`],
    reason: detail,
    undo: reversed(step),
  };
}

/**
 * Replicas and the mark of a restart are written as kubectl writes them, by the version that was read; the wish for
 * different nodes by server-side apply, which takes away nothing but it again. That is for no single field: what is
 * left out of the next one by the same manager would be taken away.
 */
async function write(
  { connection, signal }: ActuatorWorld,
  step: PatchDeploymentStep,
  live: DeploymentState,
  dryRun: boolean,
): Promise<void> {
  const { namespace, name, change } = step;
  const { resourceVersion } = live.metadata;
  const request = { path: deploymentPath(step), operation: 'patch deployments', signal, dryRun };
  if (change.field === 'spread') {
    const metadata = { name, namespace, resourceVersion };
    const spec = change.after ? { spec: spreadSpec(live) } : {};
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, ...spec };
    await patchObject(connection, request, 'apply', body);
    return;
  }
  const spec =
    change.field === 'replicas'
      ? { replicas: change.after }
      : { template: { metadata: { annotations: { [RESTARTED_AT]: change.after } } } };
  await patchObject(connection, request, 'strategic', { metadata: { resourceVersion }, spec });
}

function reversed({ notes: _, ...step }: PatchDeploymentStep): PatchDeploymentStep {
  const { change, object } = step;
  if (change.field === 'spread') {
    const { field, before, after } = change;
    const title = `take the wish for different nodes from ${object} again, which makes its pods anew`;
    return { ...step, title, change: { field, before: after, after: before } };
  }
  if (change.field === 'replicas') {
    const { field, before, after } = change;
    const title = `scale ${object} from ${String(after)} to ${String(before)} again`;
    return { ...step, title, change: { field, before: after, after: before } };
  }
  const { field, before, after } = change;
  const title = `take the mark of the restart from ${object} again, which makes its pods anew`;
  return { ...step, title, change: { field, before: after, after: before } };
}
