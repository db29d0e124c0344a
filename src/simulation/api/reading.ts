// SPDX-License-Identifier: Apache-2.0
import { StoreConflict, type ListPage } from '#simulation/store.ts';
import { ApiError, expired, notFound } from './api-error.ts';
import { subjectOf, wholeNumber, type Call, type JsonReply } from './call.ts';
import { formList, formObject, negotiateForm, type FormContext } from './object-form.ts';
import { storeNameOf } from './resource-catalogue.ts';
import { parseSelectors } from './selectors.ts';

/** Serves `get`. @throws ApiError 404 */
export function getObject(call: Call): JsonReply {
  const { resource, name = '', namespace } = call.request;
  const object = call.cluster.store.get(storeNameOf(resource), name, namespace);
  if (object === undefined) throw notFound(subjectOf(call));
  return { code: 200, body: formObject(object, formContextOf(call)) };
}

/** Serves `list`, page by page when asked. @throws ApiError 400, 410, 504 */
export function listObjects(call: Call): JsonReply {
  const { resource, namespace, query } = call.request;
  requireKnownVersion(call);
  const where = parseSelectors(query, storeNameOf(resource));
  const continueToken = query.get('continue') ?? '';
  const page = readPage(call, {
    limit: wholeNumber(query, 'limit') ?? 0,
    ...(namespace === undefined ? {} : { namespace }),
    ...(where === undefined ? {} : { where }),
    ...(continueToken === '' ? {} : { continueToken }),
  });
  return { code: 200, body: formList(page, formContextOf(call), where !== undefined) };
}

/** The form in which a call wants objects. @throws ApiError 406 */
export function formContextOf(call: Call): FormContext {
  const { resource, query } = call.request;
  return {
    resource,
    form: negotiateForm(call.incoming.headers.accept),
    now: call.now(),
    includeObject: query.get('includeObject') ?? 'Metadata',
  };
}

function readPage(call: Call, options: Parameters<Call['cluster']['store']['list']>[1]): ListPage {
  try {
    return call.cluster.store.list(storeNameOf(call.request.resource), options);
  } catch (error) {
    if (error instanceof StoreConflict && error.reason === 'Expired') throw expired(error.message);
    throw error;
  }
}

/** The store lists its present state only: an exact older version has expired, a later one is too large. */
function requireKnownVersion(call: Call): void {
  const { query } = call.request;
  const wanted = wholeNumber(query, 'resourceVersion') ?? 0;
  const current = Number(call.cluster.store.resourceVersion);
  if (wanted > current) {
    const message = `Too large resource version: ${String(wanted)}, current: ${String(current)}`;
    throw new ApiError(504, 'Timeout', `Timeout: ${message}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }
  if (query.get('resourceVersionMatch') === 'Exact' && wanted !== current) {
    throw expired('The resourceVersion for the provided list is too old.');
  }
}
