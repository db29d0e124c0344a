// SPDX-License-Identifier: Apache-2.0

import type { ApiRequest } from '#sources/kubernetes/api-client.ts';
import { clientOf } from '#sources/kubernetes/client-of.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';

/** Name under which the API server records the fields that we own. */
export const FIELD_MANAGER = 'selvage';

/** What a write of an object says besides the object. */
export interface WriteRequest extends Omit<ApiRequest, 'query'> {
  /** The server checks everything, admission included, and stores nothing. */
  readonly dryRun?: boolean;
  /** For server-side apply: takes the fields that it names from those who own them. */
  readonly force?: boolean;
}

/** Forms of a patch. `apply` is server-side apply as {@link FIELD_MANAGER}, which takes no field from others unless `force` is set. */
export type PatchForm = 'merge' | 'strategic' | 'apply';

const CONTENT_TYPES: Readonly<Record<PatchForm, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Creates an object below a collection's path. @throws SourceError `conflict` when it exists */
export function createObject(
  connection: KubernetesConnection,
  request: WriteRequest,
  body: object,
): Promise<unknown> {
  return clientOf(connection).change({ ...request, query: queryOf(request), method: 'POST', body });
}

/** Replaces an object; one with a resourceVersion only while that is the current one. @throws SourceError `conflict` */
export function replaceObject(
  connection: KubernetesConnection,
  request: WriteRequest,
  body: object,
): Promise<unknown> {
  return clientOf(connection).change({ ...request, query: queryOf(request), method: 'PUT', body });
}

/** Patches an object. @throws SourceError `conflict` when the patch names a resourceVersion that is not the current one */
export function patchObject(
  connection: KubernetesConnection,
  request: WriteRequest,
  form: PatchForm,
  body: object,
): Promise<unknown> {
  const contentType = CONTENT_TYPES[form];
  const query = queryOf(request);
  return clientOf(connection).change({ ...request, query, method: 'PATCH', contentType, body });
}

/** Deletes an object if it is still the one with this UID. @throws SourceError `conflict`, `not-found` */
export function deleteObject(
  connection: KubernetesConnection,
  request: WriteRequest,
  uid: string,
): Promise<unknown> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  const query = request.dryRun === true ? { dryRun: 'All' } : {};
  return clientOf(connection).change({ ...request, query, method: 'DELETE', body });
}

/**
 * Deletes a pod without grace: its kubelet kills it at once. Until that is done it may still be seen, as Terminating.
 *
 * @param uid of the pod that is meant; absent: whichever has that name
 * @throws SourceError `conflict` when it has another UID, `not-found`
 */
export function deletePodAtOnce(
  connection: KubernetesConnection,
  request: WriteRequest,
  uid: string | undefined,
): Promise<unknown> {
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    ...(uid !== undefined && { preconditions: { uid } }),
  };
  return clientOf(connection).change({ ...request, method: 'DELETE', body });
}

function queryOf({ dryRun, force }: WriteRequest): Readonly<Record<string, string>> {
  return {
    fieldManager: FIELD_MANAGER,
    ...(dryRun === true && { dryRun: 'All' }),
    ...(force === true && { force: 'true' }),
  };
}
