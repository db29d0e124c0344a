// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { createObject, deletePodAtOnce } from '#sources/kubernetes/write.ts';
import { isSourceError } from '#sources/source-error.ts';

/** A pod by its place. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  /** Deletes this very pod only, and none of the same name that came after it. */
  readonly uid?: string;
}

/** The writes of debug pods. */
export interface PodWriter {
  /** @throws SourceError */
  readonly create: (pod: PodReference, manifest: object, signal: AbortSignal) => Promise<void>;
  /**
   * Deletes a pod and waits until it is gone, 5 seconds at most: its kubelet may need longer to end it, and does so
   * without us. One that is not there, or has another UID by now, counts as deleted.
   *
   * @throws SourceError when it could not be deleted
   */
  readonly remove: (pod: PodReference, signal: AbortSignal) => Promise<void>;
}

const REMOVAL_WAITS_MS: readonly number[] = [200, 1000];
const GONE_TIMEOUT_MS = 5_000;
const GONE_POLL_MS = 250;

/** Writes through a connection. */
export function podWriter(connection: KubernetesConnection): PodWriter {
  return {
    create: async ({ namespace, name }, manifest, signal) => {
      const operation = `create pod ${namespace}/${name}`;
      await createObject(connection, { path: pathOf(namespace), operation, signal }, manifest);
    },
    remove: async (pod, signal) => {
      for (const waitMs of [...REMOVAL_WAITS_MS, undefined]) {
        try {
          if (await removeOnce(connection, pod, signal)) await untilGone(connection, pod, signal);
          return;
        } catch (error) {
          if (!isSourceError(error) || !error.retryable || waitMs === undefined) throw error;
          await sleep(waitMs, undefined, { signal }).catch(() => undefined);
        }
      }
    },
  };
}

/** Whether there was one to delete. */
async function removeOnce(
  connection: KubernetesConnection,
  { namespace, name, uid }: PodReference,
  signal: AbortSignal,
): Promise<boolean> {
  const path = objectPathOf({ namespace, name });
  const operation = `delete pod ${namespace}/${name}`;
  try {
    await deletePodAtOnce(connection, { path, operation, signal }, uid);
    return true;
  } catch (error) {
    if (!isSourceError(error, 'not-found', 'conflict')) throw error;
    return false;
  }
}

/** Waits as long as the pod can be seen. It is deleted already, so what hinders the looking is no failure. */
async function untilGone(
  connection: KubernetesConnection,
  pod: PodReference,
  signal: AbortSignal,
): Promise<void> {
  const path = objectPathOf(pod);
  const operation = `get pod ${pod.namespace}/${pod.name}`;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(GONE_TIMEOUT_MS)]);
  while (!bounded.aborted) {
    try {
      await connection.get({ path, operation, signal: bounded });
    } catch {
      return;
    }
    await sleep(GONE_POLL_MS, undefined, { signal: bounded }).catch(() => undefined);
  }
}

function objectPathOf({ namespace, name }: PodReference): string {
  return `${pathOf(namespace)}/${encodeURIComponent(name)}`;
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}
