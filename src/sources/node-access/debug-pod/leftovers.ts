// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { metadata } from '#sources/kubernetes/objects/fields.ts';
import type { PodReference, PodWriter } from '#sources/node-access/debug-pod/pod-writer.ts';
import {
  DEADLINE_ANNOTATION,
  MANAGED_BY,
  OWNER_ANNOTATION,
  RUN_LABEL,
} from '#sources/node-access/debug-pod/debug-pod-manifest.ts';
import { isOwnerGone } from '#sources/node-access/debug-pod/run-owner.ts';
import { isSourceError } from '#sources/source-error.ts';

interface OwnedPod extends PodReference {
  readonly deadlineAt: number;
  readonly owner: string;
}

const podSchema = z.object({ metadata });

function ownedPod(item: unknown): OwnedPod | undefined {
  const result = podSchema.safeParse(item);
  if (!result.success || result.data.metadata.namespace === undefined) return undefined;
  const { name, namespace, uid, annotations } = result.data.metadata;
  return {
    name,
    namespace,
    ...(uid !== undefined && { uid }),
    // Without a deadline that can be read it is nobody's any more: Selvage always writes one.
    deadlineAt: Date.parse(annotations[DEADLINE_ANNOTATION] ?? '') || 0,
    owner: annotations[OWNER_ANNOTATION] ?? '',
  };
}

/**
 * Removes the debug pods of earlier runs that ended without removing them: those past their deadline, and those of a
 * process that ran on this machine and is gone. What another living run holds is left alone.
 *
 * @param namespace where to look when pods of all namespaces may not be listed
 * @returns how many were removed
 * @throws SourceError when no pods may be listed, or the API does not answer
 */
export async function removeLeftovers(
  connection: Pick<KubernetesConnection, 'list'>,
  writer: PodWriter,
  namespace: string,
  signal: AbortSignal,
): Promise<number> {
  const request = {
    query: { labelSelector: `${MANAGED_BY}=selvage,${RUN_LABEL}` },
    operation: 'list debug pods',
    signal,
  };
  const everywhere = connection.list({ ...request, path: '/api/v1/pods' }, ownedPod);
  const pods = await everywhere.catch((error: unknown) => {
    if (!isSourceError(error, 'forbidden')) throw error;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    return connection.list({ ...request, path }, ownedPod);
  });
  const now = Date.now();
  const left = pods.filter(({ deadlineAt, owner }) => deadlineAt < now || isOwnerGone(owner));
  const removals = await Promise.allSettled(left.map((pod) => writer.remove(pod, signal)));
  return removals.filter(({ status }) => status === 'fulfilled').length;
}
