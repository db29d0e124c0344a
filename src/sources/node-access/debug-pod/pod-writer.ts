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
   * Deletes a pod. One that is not there, or has another UID by now, counts as deleted.
   *
   * @throws SourceError
   */
  readonly remove: (pod: PodReference, signal: AbortSignal) => Promise<void>;
}

const REMOVAL_WAITS_MS: readonly number[] = [200, 1000];

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
          await removeOnce(connection, pod, signal);
          return;
        } catch (error) {
          if (!isSourceError(error) || !error.retryable || waitMs === undefined) throw error;
          await sleep(waitMs, undefined, { signal }).catch(() => undefined);
        }
      }
    },
  };
}

async function removeOnce(
  connection: KubernetesConnection,
  { namespace, name, uid }: PodReference,
  signal: AbortSignal,
): Promise<void> {
  const path = `${pathOf(namespace)}/${encodeURIComponent(name)}`;
  const operation = `delete pod ${namespace}/${name}`;
  try {
    await deletePodAtOnce(connection, { path, operation, signal }, uid);
  } catch (error) {
    if (!isSourceError(error, 'not-found', 'conflict')) throw error;
  }
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}
