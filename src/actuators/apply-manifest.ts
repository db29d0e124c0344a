// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import * as z from 'zod/mini';
import {
  type Actuator,
  type ActuatorWorld,
  type Look,
  type StepResult,
  apiRight,
} from '#actuators/define-actuator.ts';
import { MANIFEST_PLACES } from '#actuators/manifest-places.ts';
import type { ApplyManifestStep } from '#model/plan.ts';
import { deleteObject, FIELD_MANAGER, patchObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What has to answer before it counts as installed. */
const SERVED = '/apis/metrics.k8s.io/v1beta1/nodes';
const METRICS = apiRight('metrics.k8s.io', 'nodes', 'list');

/** Creates an object that is not there, and deletes it again. */
export const actuator: Actuator<ApplyManifestStep> = {
  kind: 'apply-manifest',
  byAdministrator: true,
  needs: [...MANIFEST_PLACES.map(({ right }) => right), METRICS],
  needsOf: ({ path, serves }) => [
    ...MANIFEST_PLACES.filter(({ paths }) => paths.test(path)).map(({ right }) => right),
    ...(serves === undefined ? [] : [METRICS]),
  ],
  refuse,
  dryRun: async (world, step) => (await meet(world, step)).look,
  apply,
  undoOf: (step) => undoOf(step),
};

function refuse(step: ApplyManifestStep): string | undefined {
  const { path, serves, waitSeconds } = step;
  if (!MANIFEST_PLACES.some(({ paths }) => paths.test(path)))
    return `${path} is no place that Selvage writes to.`;
  if (placeOf(step.manifest) !== path) return `Its manifest is of another object than ${path}.`;
  if (serves !== undefined && serves !== SERVED) {
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

const liveSchema = z.looseObject({
  metadata: z.looseObject({
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

/** What is there, and what a step makes of it; the server rehearses what it would create. */
async function meet(
  world: ActuatorWorld,
  step: ApplyManifestStep,
): Promise<{ readonly live: Live | undefined; readonly look: Look }> {
  const live = await read(world, step);
  if (!step.present) return { live, look: lookToDelete(live, step) };
  if (live !== undefined) return { live, look: await lookAtOther(world, step, live) };
  await create(world, step, true);
  return { live, look: { state: 'ready', now: [] } };
}

/** An object is there already: the step creates, and never changes one. */
async function lookAtOther(
  world: ActuatorWorld,
  step: ApplyManifestStep,
  live: Live,
): Promise<Look> {
  const now = [`uid ${live.metadata.uid}`];
  if (!(step.uid === undefined ? isOurs(live) : live.metadata.uid === step.uid)) {
    return { state: 'moved', now, reason: 'somebody else has installed one, which is left alone' };
  }
  return (await isAsWritten(world, step, live))
    ? { state: 'done', now }
    : {
        state: 'moved',
        now,
        reason: 'one that Selvage made otherwise is there: take it away with undo first',
      };
}

function lookToDelete(live: Live | undefined, { uid }: ApplyManifestStep): Look {
  if (live === undefined) return { state: 'done', now: [] };
  const now = [`uid ${live.metadata.uid}`];
  const isMeant = uid === undefined ? isOurs(live) : live.metadata.uid === uid;
  return isMeant ? { state: 'ready', now } : { state: 'moved', now, reason: 'it is another one' };
}

/** The API server would change nothing: it fills in its own defaults before it compares. */
async function isAsWritten(
  world: ActuatorWorld,
  step: ApplyManifestStep,
  live: Live,
): Promise<boolean> {
  const would = liveSchema.parse(await create(world, step, true));
  return isDeepStrictEqual(withoutHistory(would), withoutHistory(live));
}

/** An object without what the API server writes down of its changes, and without what its controller says of it. */
function withoutHistory({ metadata, status: _, ...rest }: Live): object {
  const { managedFields: __, resourceVersion: ___, generation: ____, ...identity } = metadata;
  return { ...rest, metadata: identity };
}

async function apply(world: ActuatorWorld, step: ApplyManifestStep): Promise<StepResult> {
  const { live, look } = await meet(world, step);
  const { state, now, reason } = look;
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
