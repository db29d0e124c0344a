// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import {
  type Actuator,
  type ActuatorWorld,
  apiRight,
  inNamespace,
  type Look,
  type StepResult,
} from '#actuators/define-actuator.ts';
import type { RestartPodStep } from '#model/plan.ts';
import type { ApiRequest } from '#sources/kubernetes/api-client.ts';
import { deleteObject } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

const POLL_MS = 500;

const containers = z.catch(
  z.array(
    z.object({
      name: z.string(),
      state: z.catch(
        z.object({ waiting: z.catch(z.optional(z.object({ reason: z.string() })), undefined) }),
        () => ({ waiting: undefined }),
      ),
    }),
  ),
  () => [],
);

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.optional(z.string()),
    ownerReferences: z.catch(
      z.array(z.object({ uid: z.string(), kind: z.string(), controller: z.optional(z.boolean()) })),
      [],
    ),
  }),
  spec: z.object({ nodeName: z.optional(z.string()) }),
  status: z.catch(
    z.object({
      conditions: z.catch(z.array(z.object({ type: z.string(), status: z.string() })), []),
      initContainerStatuses: containers,
      containerStatuses: containers,
    }),
    () => ({ conditions: [], initContainerStatuses: [], containerStatuses: [] }),
  ),
});

type Pod = z.infer<typeof podSchema>;

/** Restarts a pod of a DaemonSet, as `kubectl delete pod` does, and waits for the new one. */
export const actuator: Actuator<RestartPodStep> = {
  kind: 'restart-pod',
  needs: [inNamespace('flannel', apiRight('', 'pods', 'get', 'list', 'delete'))],
  refuse: ({ namespace, pod, uid, readySeconds }) => {
    const isNamed = isName(namespace) && isName(pod) && /^[A-Za-z0-9-]{1,64}$/.test(uid);
    if (!isNamed) return 'It names no pod.';
    const isWait = Number.isInteger(readySeconds) && readySeconds > 0 && readySeconds <= 600;
    return isWait ? undefined : 'The time to wait is no number of seconds up to 600.';
  },
  dryRun: async (world, step) => {
    const met = await look(world, step);
    if (met.state === 'ready') await remove(world, step, true);
    return met;
  },
  apply: async (world, step) => {
    const old = await readPod(world, step);
    const owner = ownerOf(old);
    if (old?.metadata.uid !== step.uid || owner === undefined) {
      const { now } = await look(world, step);
      return { outcome: 'skipped', after: now, reason: 'It is another pod by now.' };
    }
    await remove(world, step, false);
    return waitForSuccessor(world, step, owner);
  },
  undoOf: () => undefined,
};

/** DNS labels and subdomains, as Kubernetes has them. */
function isName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text);
}

async function look(world: ActuatorWorld, step: RestartPodStep): Promise<Look> {
  const pod = await readPod(world, step);
  if (pod?.metadata.uid !== step.uid) {
    return { state: 'done', now: pod === undefined ? [] : [podText(pod)] };
  }
  const now = [podText(pod)];
  if (ownerOf(pod) === undefined) {
    const reason = 'It belongs to no DaemonSet, so nothing would make it anew';
    return { state: 'moved', now, reason };
  }
  return { state: 'ready', now };
}

function podText({ metadata: { name, uid } }: Pod): string {
  return `pod ${name} uid ${uid}`;
}

/** UID of the DaemonSet that makes the pod anew. */
function ownerOf(pod: Pod | undefined): string | undefined {
  return pod?.metadata.ownerReferences.find(({ kind }) => kind === 'DaemonSet')?.uid;
}

async function readPod(world: ActuatorWorld, step: RestartPodStep): Promise<Pod | undefined> {
  try {
    return podSchema.parse(await world.connection.get(request(world, step, 'get')));
  } catch (error) {
    if (isSourceError(error, 'not-found')) return undefined;
    throw error;
  }
}

async function remove(world: ActuatorWorld, step: RestartPodStep, dryRun: boolean): Promise<void> {
  await deleteObject(world.connection, { ...request(world, step, 'delete'), dryRun }, step.uid);
}

function request(
  { signal }: ActuatorWorld,
  { namespace, pod }: RestartPodStep,
  verb: string,
): Omit<ApiRequest, 'query'> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
  return { path, operation: `${verb} pods`, signal };
}

async function waitForSuccessor(
  world: ActuatorWorld,
  step: RestartPodStep,
  owner: string,
): Promise<StepResult> {
  const wholeMs = step.readySeconds * 1000;
  const until = performance.now() + wholeMs;
  const patienceMs = Math.min(MOST_STUCK_MS, wholeMs / 4);
  let stuckSince: number | undefined;
  for (;;) {
    const successor = await readSuccessor(world, step, owner);
    const after = successor === undefined ? [] : [podText(successor)];
    if (successor !== undefined && isReady(successor)) return { outcome: 'applied', after };
    const now = performance.now();
    const waits = successor === undefined ? [] : waitingOf(successor);
    stuckSince = waits.some(({ reason }) => HOPELESS.has(reason)) ? (stuckSince ?? now) : undefined;
    if (stuckSince !== undefined && now - stuckSince >= patienceMs) {
      const reason = `The new pod does not start: ${waitsText(waits)}.`;
      return { outcome: 'failed', after, reason };
    }
    if (now >= until) {
      const why = waits.length === 0 ? '' : `: ${waitsText(waits)}`;
      const reason = `The new pod is not Ready after ${String(step.readySeconds)} s${why}.`;
      return { outcome: 'failed', after, reason };
    }
    await sleep(POLL_MS, undefined, { signal: world.signal });
  }
}

/** What keeps a container from starting that no wait of minutes mends. */
const HOPELESS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
]);

/** A registry can stumble: so long it has to go on, at most, and never more than a quarter of the whole wait. */
const MOST_STUCK_MS = 15_000;

interface Waiting {
  readonly container: string;
  readonly reason: string;
}

function waitingOf({ status }: Pod): readonly Waiting[] {
  return [...status.initContainerStatuses, ...status.containerStatuses].flatMap(
    ({ name, state: { waiting } }) =>
      waiting === undefined ? [] : [{ container: name, reason: waiting.reason }],
  );
}

function waitsText(waits: readonly Waiting[]): string {
  return waits.map(({ container, reason }) => `${container} ${reason}`).join(', ');
}

function isReady({ status }: Pod): boolean {
  return status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
}

/** The pod of the same DaemonSet that is on the node now; a short silence of the API is waited out. */
async function readSuccessor(
  { connection, signal }: ActuatorWorld,
  { namespace, node, uid }: RestartPodStep,
  owner: string,
): Promise<Pod | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    const pods = await connection.list(
      { path, query: { fieldSelector: `spec.nodeName=${node}` }, operation: 'list pods', signal },
      (item) => podSchema.safeParse(item).data,
    );
    return pods.find(
      (pod) =>
        ownerOf(pod) === owner &&
        pod.metadata.uid !== uid &&
        pod.metadata.deletionTimestamp === undefined,
    );
  } catch (error) {
    if (isSourceError(error) && error.retryable) return undefined;
    throw error;
  }
}
