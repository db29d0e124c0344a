// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import { badRequest, notFound, unsupportedMediaType } from './api-error.ts';
import { flag, subjectOf, type Call, type JsonReply } from './call.ts';
import { fromVersion, toVersion } from './event-form.ts';
import { applyJsonPatch } from './patch/json-patch.ts';
import { isJsonObject, type JsonObject } from './patch/json-value.ts';
import { applyConfiguration } from './patch/managed-fields.ts';
import { applyMergePatch } from './patch/merge-patch.ts';
import { applyStrategicMerge } from './patch/strategic-merge.ts';
import { mediaTypeOf } from './request-body.ts';
import { storeNameOf } from './resource-catalogue.ts';
import {
  commitChange,
  commitNew,
  limitToSubresource,
  newObject,
  requireLive,
  show,
  writerOf,
} from './writing.ts';
import { requireObject } from './validation.ts';

const APPLY = 'application/apply-patch+yaml';

/** Media types of patches. Server-side apply takes JSON only, which is YAML too. */
export const PATCH_TYPES: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  APPLY,
];

/** Serves `patch`. @throws ApiError 400, 404, 409, 415, 422 */
export function patchObject(call: Call, patch: unknown): JsonReply {
  const type = mediaTypeOf(call.incoming);
  if (!PATCH_TYPES.includes(type)) {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES.join(', ')}`,
    );
  }
  if (type === APPLY) return applyObject(call, patch);
  const { resource } = call.request;
  const live = requireLive(call);
  const patched = applyPatch(type, toVersion(live, resource), patch);
  const next = fromVersion(requireObject(call, patched), resource);
  const object = commitChange(call, live, limitToSubresource(call, live, next), true);
  return { code: 200, body: show(call, object) };
}

function applyPatch(type: string, live: KubernetesObject, patch: unknown): JsonObject {
  // A patch may name a resourceVersion as its precondition; without one it never conflicts.
  if (type === 'application/json-patch+json') {
    if (!Array.isArray(patch)) throw badRequest('a JSON patch is an array');
    return applyJsonPatch(live, patch);
  }
  if (!isJsonObject(patch)) throw badRequest('a merge patch is an object');
  return type === 'application/merge-patch+json'
    ? applyMergePatch(live, patch)
    : applyStrategicMerge(live, patch);
}

function applyObject(call: Call, body: unknown): JsonReply {
  const { resource, name = '', namespace, query, subresource } = call.request;
  if (!query.has('fieldManager')) {
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  }
  const applied = requireObject(call, body);
  if (applied.metadata['managedFields'] !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const writer = writerOf(call);
  const force = flag(query, 'force');
  const live = call.cluster.store.get(storeNameOf(resource), name, namespace);
  if (live === undefined) {
    if (subresource !== undefined) throw notFound(subjectOf(call));
    const defaulted = newObject(call, { ...applied, metadata: { ...applied.metadata, name } });
    const owned = applyConfiguration(undefined, applied, writer, force);
    const metadata = isJsonObject(owned['metadata']) ? owned['metadata'] : {};
    const { managedFields } = metadata;
    const object = { ...defaulted, metadata: { ...defaulted.metadata, managedFields } };
    return { code: 201, body: show(call, commitNew(call, object)) };
  }
  const merged = applyConfiguration(toVersion(live, resource), applied, writer, force);
  const next = fromVersion(requireObject(call, merged), resource);
  const object = commitChange(call, live, limitToSubresource(call, live, next), false);
  return { code: 200, body: show(call, object) };
}
