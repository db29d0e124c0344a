// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import {
  type Actuator,
  type ActuatorWorld,
  type Look,
  type StepResult,
  apiRight,
  inNamespace,
} from '#actuators/define-actuator.ts';
import type { ApplyManifestStep } from '#model/plan.ts';
import { deleteObject, FIELD_MANAGER, patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

const RBAC = 'rbac.authorization.k8s.io';
const VERBS = ['get', 'create', 'patch', 'delete'] as const;

/** Creates an object that is not there, and deletes it again. */
export const actuator: Actuator<ApplyManifestStep> = {
  kind: 'apply-manifest',
  byAdministrator: true,
  needs: [
    inNamespace('kube-system', apiRight('', 'serviceaccounts', ...VERBS)),
    inNamespace('kube-system', apiRight('', 'services', ...VERBS)),
    inNamespace('kube-system', apiRight('apps', 'deployments', ...VERBS)),
    inNamespace('kube-system', apiRight(RBAC, 'rolebindings', ...VERBS)),
    apiRight(RBAC, 'clusterroles', ...VERBS),
    apiRight(RBAC, 'clusterrolebindings', ...VERBS),
    apiRight('apiregistration.k8s.io', 'apiservices', ...VERBS),
    apiRight('metrics.k8s.io', 'nodes', 'list'),
  ],
  refuse,
  dryRun: async (world, step) => {
    const look = lookAt(await read(world, step), step);
    if (look.state === 'ready' && step.present) await create(world, step, true);
    return look;
  },
  apply,
  undoOf: (step) => undoOf(step),
};

const PLACES =
  /^\/(?:api\/v1\/namespaces\/kube-system\/(?:serviceaccounts|services)|apis\/apps\/v1\/namespaces\/kube-system\/deployments|apis\/rbac\.authorization\.k8s\.io\/v1\/(?:namespaces\/kube-system\/rolebindings|clusterroles|clusterrolebindings)|apis\/apiregistration\.k8s\.io\/v1\/apiservices)\/[a-z0-9](?:[-.:a-z0-9]{0,251}[a-z0-9])?$/;

function refuse(step: ApplyManifestStep): string | undefined {
  const { path, serves, waitSeconds } = step;
  if (!PLACES.test(path)) return `${path} is no place that Selvage writes to.`;
  if (placeOf(step.manifest) !== path) return `Its manifest is of another object than ${path}.`;
  if (serves !== undefined && serves !== '/apis/metrics.k8s.io/v1beta1/nodes') {
    return `${serves} is nothing to wait for.`;
  }
  return waitSeconds >= 1 && waitSeconds <= 3600
    ? undefined
    : 'It is waited for from 1 to 3600 seconds.';
}

const manifestSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.optional(z.string()) }),
});

/** The path of the object that a manifest describes; undefined when it describes none. */
function placeOf(manifest: ApplyManifestStep['manifest']): string | undefined {
  const { data } = manifestSchema.safeParse(manifest);
  if (data === undefined) return undefined;
  const { apiVersion, kind, metadata } = data;
  const { name, namespace } = metadata;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const folder = namespace === undefined ? root : `${root}/namespaces/${namespace}`;
  return `${folder}/${kind.toLowerCase()}s/${name}`;
}

const liveSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    managedFields: z.catch(z.array(z.object({ manager: z.catch(z.string(), '') })), () => []),
  }),
});

type Live = z.infer<typeof liveSchema>;

async function read(world: ActuatorWorld, { path }: ApplyManifestStep): Promise<Live | undefined> {
  const request = { path, operation: 'get object', signal: world.signal };
  try {
    return liveSchema.parse(await world.connection.get(request));
  } catch (error) {
    if (isSourceError(error, 'not-found')) return undefined;
    throw error;
  }
}

function isOurs({ metadata }: Live): boolean {
  return metadata.managedFields.some(({ manager }) => manager === FIELD_MANAGER);
}

function lookAt(live: Live | undefined, { present, uid }: ApplyManifestStep): Look {
  if (live === undefined) return { state: present ? 'ready' : 'done', now: [] };
  const now = [`uid ${live.metadata.uid}`];
  const isMeant = uid === undefined ? isOurs(live) : live.metadata.uid === uid;
  if (present) {
    return isMeant
      ? { state: 'done', now }
      : { state: 'moved', now, reason: 'somebody else has installed one, which is left alone' };
  }
  return isMeant ? { state: 'ready', now } : { state: 'moved', now, reason: 'it is another one' };
}

async function apply(world: ActuatorWorld, step: ApplyManifestStep): Promise<StepResult> {
  const live = await read(world, step);
  const { state, now, reason } = lookAt(live, step);
  if (state !== 'ready') {
    return { outcome: 'skipped', after: now, reason: reason ?? 'It is as it has to be already.' };
  }
  if (live !== undefined) {
    const request = { path: step.path, operation: 'delete object', signal: world.signal };
    await deleteObject(world.connection, request, live.metadata.uid);
    const { uid: _, ...again } = step;
    const undo = { ...again, title: `create ${step.object} again`, present: true };
    return { outcome: 'applied', after: [], undo };
  }
  const { metadata } = liveSchema.parse(await create(world, step, false));
  const after = [`uid ${metadata.uid}`];
  const undo = undoOf(step, metadata.uid);
  const late = await served(world, step);
  return late === undefined
    ? { outcome: 'applied', after, undo }
    : { outcome: 'failed', after, reason: late, undo };
}

function create(world: ActuatorWorld, step: ApplyManifestStep, dryRun: boolean): Promise<unknown> {
  const { signal, connection } = world;
  const request = { path: step.path, operation: 'create object', signal, dryRun };
  return patchObject(connection, request, 'apply', step.manifest);
}

/** Why what has to be served is not, after all of the wait; undefined when it is. */
async function served(world: ActuatorWorld, step: ApplyManifestStep): Promise<string | undefined> {
  const { serves, waitSeconds } = step;
  if (serves === undefined) return undefined;
  const until = performance.now() + waitSeconds * 1000;
  const request = { path: serves, operation: 'list metrics', signal: world.signal };
  for (;;) {
    const last = await world.connection
      .get(request)
      .then((list) => (itemsSchema.safeParse(list).success ? undefined : 'no item is served'))
      .catch((error: unknown) => {
        if (isSourceError(error)) return error.message;
        throw error;
      });
    if (last === undefined) return undefined;
    if (performance.now() >= until) {
      return `After ${String(waitSeconds)} s nothing is measured yet: ${last}`;
    }
    await sleep(1000, undefined, { signal: world.signal });
  }
}

const itemsSchema = z.object({ items: z.array(z.unknown()).check(z.minLength(1)) });

function undoOf({ notes: _, serves: __, ...step }: ApplyManifestStep, uid?: string) {
  return {
    ...step,
    title: step.present ? `delete ${step.object} again` : `create ${step.object} again`,
    present: !step.present,
    ...(uid !== undefined && { uid }),
  };
}
