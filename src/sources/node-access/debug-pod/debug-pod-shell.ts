// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { PodObject } from '#model/cluster.ts';
import { type ApiRead, apiRead, inNamespace } from '#sources/kubernetes/api-read.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { listOf, texts } from '#sources/kubernetes/objects/fields.ts';
import { projectPod } from '#sources/kubernetes/objects/pod.ts';
import {
  type PodReference,
  type PodWriter,
  podWriter,
} from '#sources/node-access/debug-pod/pod-writer.ts';
import { type ChosenImage, chooseImage } from '#sources/node-access/debug-pod/choose-image.ts';
import {
  DEBUG_CONTAINER,
  DEBUG_POD_LIFE_SECONDS,
  type DebugCapability,
  debugPodManifest,
} from '#sources/node-access/debug-pod/debug-pod-manifest.ts';
import { removeLeftovers } from '#sources/node-access/debug-pod/leftovers.ts';
import { ownRunOwner } from '#sources/node-access/debug-pod/run-owner.ts';
import type { SectionName } from '#sources/node-access/node-sections.ts';
import type { NodeShell, ShellRun } from '#sources/node-access/node-shell.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** What the way through pods of its own needs. */
export interface DebugPodOptions {
  readonly connection: KubernetesConnection;
  /** Where the pods are made; its Pod Security level has to be `privileged`. */
  readonly namespace: string;
  /** Absent: one that each node has already. */
  readonly image?: string;
  /** Image of flannel's own pods; absent when there are none. */
  readonly flannelImage?: string;
  /** Time limit of one script, milliseconds. */
  readonly nodeTimeoutMs: number;
  /** Absent: none. */
  readonly capabilities?: readonly DebugCapability[];
}

/** The rights that debug pods need, beside those of reading. */
export const DEBUG_POD_RIGHTS: readonly ApiRead[] = [
  apiRead('', 'nodes', 'get'),
  apiRead('', 'pods', 'list'),
  inNamespace('debug', apiRead('', 'pods', 'create', 'get', 'delete')),
  inNamespace('debug', apiRead('', 'pods/exec', 'get', 'create')),
];

const NO_MOUNT = 'A debug pod mounts nothing of the node, so files of flannel are not seen.';
const NO_CAPABILITY =
  'A debug pod has no capability, and packet rules are shown only to holders of NET_ADMIN.';

const WITHHELD: ReadonlyMap<SectionName, string> = new Map([
  ['subnet-env', NO_MOUNT],
  ['net-conf', NO_MOUNT],
  ['filter-rules', NO_CAPABILITY],
  ['nat-rules', NO_CAPABILITY],
  ['flannel-table', NO_CAPABILITY],
]);

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 250;
const REMOVAL_TIMEOUT_MS = 20_000;

/**
 * By short-lived pods in the host's network, one per node, made when it is first needed. They are removed by `close`;
 * what a run that was killed has left, the next one removes when it makes this way.
 */
export function debugPodShell(options: DebugPodOptions): NodeShell {
  return new DebugPodShell(options, podWriter(options.connection));
}

/** Of a pod that was asked for; it may not exist when its creation failed. */
interface Asked {
  readonly pod: PodReference;
  readonly started: Promise<ChosenImage>;
}

class DebugPodShell implements NodeShell {
  readonly way = 'debug-pod';
  readonly withheld = WITHHELD;
  readonly #options: DebugPodOptions;
  readonly #writer: PodWriter;
  readonly #id = randomBytes(4).toString('hex');
  readonly #asked = new Map<string, Asked>();
  /** Names of pods that may exist: of those whose creation was sent and not forbidden. */
  readonly #made = new Set<string>();
  readonly #cleaned: Promise<unknown>;
  readonly #ending = new AbortController();

  constructor(options: DebugPodOptions, writer: PodWriter) {
    this.#options = options;
    this.#writer = writer;
    const { connection, namespace } = options;
    // Cleaning up after others must not cost a reading: who may not list or delete is told by the rights.
    this.#cleaned = removeLeftovers(connection, writer, namespace, this.#ending.signal).catch(
      () => 0,
    );
  }

  readonly run = async (node: string, script: string, signal: AbortSignal): Promise<ShellRun> => {
    const { connection, nodeTimeoutMs: timeoutMs } = this.#options;
    if (signal.aborted || this.#ending.signal.aborted) throw cancelled(node);
    const asked = this.#asked.get(node) ?? this.#ask(node);
    const { namespace, name } = asked.pod;
    const { image } = await untilAborted(asked.started, node, signal);
    const command = ['sh', '-c', script];
    const place = { namespace, pod: name, container: DEBUG_CONTAINER };
    const result = await connection.exec({ ...place, command, timeoutMs, signal });
    return { origin: `debug-pod ${namespace}/${name} (${image})`, result };
  };

  readonly close = async (): Promise<readonly string[]> => {
    this.#ending.abort();
    await this.#cleaned;
    const left = await Promise.all([...this.#asked.values()].map((asked) => this.#remove(asked)));
    return left.flat();
  };

  #ask(node: string): Asked {
    const { namespace } = this.#options;
    const name = `selvage-debug-${this.#id}-${String(this.#asked.size)}`;
    const pod = { namespace, name };
    const asked = { pod, started: this.#start(node, pod) };
    asked.started.catch(() => undefined);
    this.#asked.set(node, asked);
    return asked;
  }

  async #start(node: string, pod: PodReference): Promise<ChosenImage> {
    const { capabilities } = this.#options;
    const deadline = AbortSignal.any([AbortSignal.timeout(START_TIMEOUT_MS), this.#ending.signal]);
    const chosen = await this.#imageFor(node, deadline);
    if (this.#ending.signal.aborted) throw cancelled(node);
    const manifest = debugPodManifest({
      ...chosen,
      namespace: pod.namespace,
      name: pod.name,
      node,
      run: this.#id,
      owner: ownRunOwner(),
      deadlineAt: new Date(Date.now() + (DEBUG_POD_LIFE_SECONDS + 60) * 1000),
      ...(capabilities !== undefined && { capabilities }),
    });
    await this.#create(pod, manifest);
    await this.#untilRunning(node, pod, deadline);
    return chosen;
  }

  async #create(pod: PodReference, manifest: object): Promise<void> {
    this.#made.add(pod.name);
    try {
      // Never aborted on its way: then nobody would know whether there is a pod to remove.
      await this.#writer.create(pod, manifest, AbortSignal.timeout(START_TIMEOUT_MS));
    } catch (error) {
      if (isSourceError(error, 'forbidden')) this.#made.delete(pod.name);
      throw error;
    }
  }

  async #imageFor(node: string, signal: AbortSignal): Promise<ChosenImage> {
    const { connection, image, flannelImage } = this.#options;
    if (image !== undefined) return { image, pullPolicy: 'IfNotPresent' };
    const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
    const body = await connection.get({ path, operation: `get node ${node}`, signal });
    return chooseImage(node, imagesOf(body), flannelImage);
  }

  async #untilRunning(node: string, pod: PodReference, deadline: AbortSignal): Promise<void> {
    const { connection } = this.#options;
    const { namespace, name } = pod;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    const operation = `get pod ${namespace}/${name}`;
    let state = 'it was not seen';
    while (!deadline.aborted) {
      const seen = projectPod(
        await connection.get({ path, operation, signal: deadline }).catch(notYetThere),
      );
      if (seen?.containers[0]?.state === 'running') return;
      state = stateOf(seen);
      if (seen !== undefined && isHopeless(seen)) break;
      await sleep(POLL_MS, undefined, { signal: deadline }).catch(() => undefined);
    }
    if (this.#ending.signal.aborted) throw cancelled(node);
    const target = `pod ${namespace}/${name} on node ${node}`;
    throw new SourceError('debug-pod-failed', { operation: 'debug pod', target, detail: state });
  }

  async #remove({ pod, started }: Asked): Promise<readonly string[]> {
    await started.catch(() => undefined);
    if (!this.#made.has(pod.name)) return [];
    try {
      await this.#writer.remove(pod, AbortSignal.timeout(REMOVAL_TIMEOUT_MS));
      return [];
    } catch {
      return [`${pod.namespace}/${pod.name}`];
    }
  }
}

/** Ends the waiting, not what is waited for. */
async function untilAborted<T>(promise: Promise<T>, node: string, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(cancelled(node));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

function cancelled(node: string): SourceError {
  return new SourceError('cancelled', { operation: 'debug pod', target: `node ${node}` });
}

/** Caches of the API server may lag behind a creation; a wait that was cut short shows by its signal. */
function notYetThere(error: unknown): undefined {
  if (isSourceError(error, 'not-found', 'cancelled')) return undefined;
  throw error;
}

function stateOf(pod: PodObject | undefined): string {
  const container = pod?.containers[0];
  const reason = container?.reason ?? container?.terminated?.reason;
  return reason === undefined ? `it is ${pod?.phase ?? 'not there'}` : `it is ${reason}`;
}

const HOPELESS =
  /^(?:ErrImageNeverPull|ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer(?:Config)?Error|RunContainerError|CrashLoopBackOff)$/;

/** Whether waiting longer would change nothing. */
function isHopeless({ phase, containers }: PodObject): boolean {
  const [container] = containers;
  if (phase === 'Failed' || phase === 'Succeeded') return true;
  return container?.state === 'terminated' || HOPELESS.test(container?.reason ?? '');
}

const imagesSchema = z.object({
  status: z.object({ images: listOf(z.object({ names: texts })) }),
});

function imagesOf(node: unknown): readonly string[] {
  const result = imagesSchema.safeParse(node);
  return result.success ? result.data.status.images.flatMap(({ names }) => names) : [];
}
