// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject, ListPage } from '#simulation/store.ts';
import { ApiError } from './api-error.ts';
import { toVersion } from './event-form.ts';
import { without } from './patch/json-value.ts';
import { groupVersionOf, type ResourceDefinition } from './resource-catalogue.ts';
import { buildTable } from './table.ts';

/** How a client wants objects: whole, as metadata only, or as rows to print. */
export type ObjectForm = 'whole' | 'metadata' | 'table';

/** What the forms need besides the objects. */
export interface FormContext {
  resource: ResourceDefinition;
  form: ObjectForm;
  now: Date;
  /** `includeObject` of a Table request: None, Metadata (default) or Object. */
  includeObject: string;
}

/**
 * Picks the form from an Accept header.
 *
 * @throws ApiError 406 when none of the media types is JSON
 */
export function negotiateForm(accept: string | undefined): ObjectForm {
  if (accept === undefined || accept === '') return 'whole';
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (as === undefined) return 'whole';
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json',
    {},
  );
}

/** Shows one object. */
export function formObject(object: KubernetesObject, context: FormContext): unknown {
  const shown = toVersion(object, context.resource);
  if (context.form === 'whole') return shown;
  if (context.form === 'metadata') return metadataOnly(shown);
  return buildTable([shown], {
    ...context,
    resourceVersion: object.metadata.resourceVersion ?? '',
  });
}

/** Shows one page of a list; items of a whole list carry no kind, as the API server leaves it out. */
export function formList(page: ListPage, context: FormContext, selective: boolean): unknown {
  const { resource, form } = context;
  const metadata = {
    resourceVersion: page.resourceVersion,
    ...(page.continueToken === undefined ? {} : { continue: page.continueToken }),
    // With a selector the API server does not know how many are left.
    ...(page.continueToken === undefined || selective
      ? {}
      : { remainingItemCount: page.remainingItemCount }),
  };
  const shown = page.items.map((item) => toVersion(item, resource));
  if (form === 'table')
    return { ...buildTable(shown, { ...context, resourceVersion: '' }), metadata };
  if (form === 'metadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: shown.map(metadataOnly),
    };
  }
  const items = shown.map((item) => without(item, 'kind', 'apiVersion'));
  return { kind: `${resource.kind}List`, apiVersion: groupVersionOf(resource), metadata, items };
}

function metadataOnly(object: KubernetesObject): unknown {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  };
}
