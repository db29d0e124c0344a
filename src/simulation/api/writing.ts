// SPDX-License-Identifier: Apache-2.0
import { randomBytes, randomUUID } from 'node:crypto';
import type { KubernetesObject } from '#simulation/store.ts';
import {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  notFound,
  successStatus,
} from './api-error.ts';
import { isDryRun, subjectOf, type Call, type JsonReply } from './call.ts';
import { withDefaults } from './defaults.ts';
import { fromVersion } from './event-form.ts';
import { formObject } from './object-form.ts';
import { admitPod } from './pod-security.ts';
import { isJsonObject, without } from './patch/json-value.ts';
import { recordUpdate, type FieldWriter } from './patch/managed-fields.ts';
import { formContextOf } from './reading.ts';
import { groupVersionOf, storeNameOf } from './resource-catalogue.ts';
import { parseSelectors } from './selectors.ts';
import { requireObject, validate } from './validation.ts';

/** Serves `create`. @throws ApiError 400, 404 for a namespace that is not there, 409, 422 */
export function createObject(call: Call, body: unknown): JsonReply {
  const given = requireObject(call, body);
  const object = newObject(call, given);
  const recorded = recordUpdate(undefined, object, writerOf(call));
  return { code: 201, body: show(call, commitNew(call, requireObject(call, recorded))) };
}

/** Stores a new object, or only pretends to. @throws ApiError 404, 409, 422 */
export function commitNew(call: Call, object: KubernetesObject): KubernetesObject {
  const { resource, namespace } = call.request;
  const { store } = call.cluster;
  validate(call, object, undefined);
  const subject = { ...subjectOf(call), name: object.metadata.name };
  requireNamespace(call);
  admitPod(call, object);
  const stored = fromVersion(object, resource);
  if (store.get(storeNameOf(resource), object.metadata.name, namespace) !== undefined) {
    throw alreadyExists(subject);
  }
  if (!isDryRun(call)) return store.create(storeNameOf(resource), stored);
  const creationTimestamp = writerOf(call).time;
  return { ...stored, metadata: { ...stored.metadata, uid: randomUUID(), creationTimestamp } };
}

/** Serves `update`, of the object or of a subresource. @throws ApiError 400, 404, 409, 422 */
export function updateObject(call: Call, body: unknown): JsonReply {
  const { resource, name } = call.request;
  const next = requireObject(call, body);
  if (next.metadata.name !== name) {
    throw badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${String(name)})`,
    );
  }
  const live = requireLive(call);
  const kept = keepManagedFields(live, fromVersion(next, resource));
  const object = commitChange(call, live, limitToSubresource(call, live, kept), true);
  return { code: 200, body: show(call, object) };
}

/**
 * Stores a change, or only pretends to.
 *
 * @param record whether the writer takes the changed fields; an apply has done so already
 * @throws ApiError 409 when the change names a resourceVersion that is not the current one, 422
 */
export function commitChange(
  call: Call,
  live: KubernetesObject,
  next: KubernetesObject,
  record: boolean,
): KubernetesObject {
  validate(call, next, live);
  const named = next.metadata.resourceVersion ?? '';
  if (named !== '' && named !== live.metadata.resourceVersion) {
    throw conflict(
      subjectOf(call),
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  const { uid } = next.metadata;
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw conflict(
      subjectOf(call),
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${String(live.metadata.uid)}`,
    );
  }
  const recorded = record ? requireObject(call, recordUpdate(live, next, writerOf(call))) : next;
  const same = { ...recorded, apiVersion: live.apiVersion, kind: live.kind };
  if (isDryRun(call)) return same;
  return call.cluster.store.update(storeNameOf(call.request.resource), same);
}

/** The stored object that a call names. @throws ApiError 404 */
export function requireLive(call: Call): KubernetesObject {
  const { resource, name = '', namespace } = call.request;
  const live = call.cluster.store.get(storeNameOf(resource), name, namespace);
  if (live === undefined) throw notFound(subjectOf(call));
  return live;
}

/**
 * Lets a write through a subresource change only its own part, and a write of the object everything
 * but the status. Node annotations may be written through `nodes/status`, as flanneld does
 * (flannel@v0.28.9:pkg/subnet/kube/kube.go).
 */
export function limitToSubresource(
  call: Call,
  live: KubernetesObject,
  next: KubernetesObject,
): KubernetesObject {
  const { resource, subresource } = call.request;
  if (subresource === 'status') {
    return { ...live, metadata: next.metadata, status: next['status'] };
  }
  if (subresource === 'ephemeralcontainers') {
    const before = isJsonObject(live['spec']) ? live['spec'] : {};
    const after = isJsonObject(next['spec']) ? next['spec'] : {};
    const { resourceVersion } = next.metadata;
    return {
      ...live,
      metadata: { ...live.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      spec: { ...before, ephemeralContainers: after['ephemeralContainers'] },
    };
  }
  const hasStatus = resource.subresources.some((known) => known.name === 'status');
  if (!hasStatus) return next;
  const { apiVersion, kind, metadata } = next;
  const rest = { ...without(next, 'status'), apiVersion, kind, metadata };
  return live['status'] === undefined ? rest : { ...rest, status: live['status'] };
}

/** Serves `delete`. @throws ApiError 404, 409 when a precondition fails */
export function deleteObject(call: Call, body: unknown): JsonReply {
  const { resource, name = '', namespace } = call.request;
  const live = requireLive(call);
  checkPreconditions(call, live, body);
  const dryRun = isDryRun(call) || (isJsonObject(body) && Array.isArray(body['dryRun']));
  const gone = dryRun ? live : call.cluster.store.delete(storeNameOf(resource), name, namespace);
  if (resource.plural === 'pods' && gone !== undefined)
    return { code: 200, body: show(call, gone) };
  const { uid } = live.metadata;
  const details = {
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    ...(uid === undefined ? {} : { uid }),
  };
  return { code: 200, body: successStatus(details) };
}

/** Serves `deletecollection`. @throws ApiError 400 */
export function deleteCollection(call: Call): JsonReply {
  const { resource, namespace, query } = call.request;
  const where = parseSelectors(query, storeNameOf(resource));
  const { items } = call.cluster.store.list(storeNameOf(resource), {
    ...(namespace === undefined ? {} : { namespace }),
    ...(where === undefined ? {} : { where }),
  });
  if (!isDryRun(call)) {
    for (const { metadata } of items) {
      call.cluster.store.delete(storeNameOf(resource), metadata.name, metadata.namespace);
    }
  }
  return { code: 200, body: successStatus() };
}

/** Who writes: `fieldManager`, else the client's name. */
export function writerOf(call: Call): FieldWriter {
  const { resource, subresource, query } = call.request;
  const agent = (call.incoming.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    manager: query.get('fieldManager') ?? agent,
    apiVersion: groupVersionOf(resource),
    time: call
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** Shows an object as the caller asked. @throws ApiError 406 */
export function show(call: Call, object: KubernetesObject): unknown {
  return formObject(object, formContextOf(call));
}

/** Metadata of a new object that only the server gives. */
const SERVER_FIELDS = ['uid', 'creationTimestamp', 'managedFields', 'resourceVersion', 'namespace'];

/** What the API server makes of an object to create, before it is checked. @throws ApiError 400 */
export function newObject(call: Call, given: KubernetesObject): KubernetesObject {
  const { resource, namespace } = call.request;
  const { generateName, namespace: own, resourceVersion } = given.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '') {
    throw new ApiError(
      400,
      'BadRequest',
      'resourceVersion should not be set on objects to be created',
    );
  }
  if (resource.namespaced && namespace === undefined) {
    throw badRequest('namespace is required to create this object');
  }
  if (own !== undefined && own !== '' && own !== namespace) {
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request`,
    );
  }
  const metadata = without(given.metadata, ...SERVER_FIELDS);
  const name =
    given.metadata.name === '' && typeof generateName === 'string'
      ? `${generateName}${suffix()}`
      : given.metadata.name;
  const object = {
    ...given,
    apiVersion: groupVersionOf(resource),
    metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) },
  };
  return withDefaults(object, resource);
}

function keepManagedFields(live: KubernetesObject, next: KubernetesObject): KubernetesObject {
  const { name } = next.metadata;
  const kept = live.metadata['managedFields'];
  return {
    ...next,
    metadata: {
      ...without(next.metadata, 'managedFields'),
      name,
      ...(kept === undefined ? {} : { managedFields: kept }),
    },
  };
}

function requireNamespace(call: Call): void {
  const { namespace } = call.request;
  const { store } = call.cluster;
  if (namespace === undefined || store.get('namespaces', namespace) !== undefined) return;
  // A cluster without any Namespace object does not model them.
  if (store.list('namespaces', { limit: 1 }).items.length === 0) return;
  throw notFound({ group: '', resource: 'namespaces', name: namespace });
}

function checkPreconditions(call: Call, live: KubernetesObject, body: unknown): void {
  const preconditions = isJsonObject(body) ? body['preconditions'] : undefined;
  if (!isJsonObject(preconditions)) return;
  const { uid, resourceVersion } = preconditions;
  const pairs = [
    ['UID', uid, live.metadata.uid],
    ['ResourceVersion', resourceVersion, live.metadata.resourceVersion],
  ] as const;
  for (const [field, wanted, actual] of pairs) {
    if (typeof wanted !== 'string' || wanted === actual) continue;
    throw conflict(
      subjectOf(call),
      `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${String(actual)}`,
    );
  }
}

/** Alphabet of kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go. */
function suffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return [...randomBytes(5)].map((byte) => letters.charAt(byte % letters.length)).join('');
}
