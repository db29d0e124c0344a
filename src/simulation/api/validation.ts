// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '#simulation/store.ts';
import { badRequest, invalid, type StatusCause } from './api-error.ts';
import { subjectOf, type Call } from './call.ts';
import { isJsonObject, without, type JsonObject } from './patch/json-value.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** RBAC names may hold colons; all others are subdomains. */
const FREE_NAMES = new Set(['rbac.authorization.k8s.io']);

/**
 * Reads an object from a body.
 *
 * @throws ApiError 400 when it is no object, not of the resource's kind, or its annotations or labels are no strings
 */
export function requireObject(call: Call, body: unknown): KubernetesObject {
  const { kind: wanted } = call.request.resource;
  if (!isJsonObject(body)) throw badRequest('the request body is not a JSON object');
  const { metadata, kind = wanted, apiVersion } = body;
  if (kind !== wanted) {
    throw badRequest(
      `${wanted} in version "${String(apiVersion)}" cannot be handled as a ${String(kind)}`,
    );
  }
  const meta = isJsonObject(metadata) ? metadata : {};
  requireStrings(wanted, 'annotations', meta['annotations']);
  requireStrings(wanted, 'labels', meta['labels']);
  const { name } = meta;
  return {
    ...body,
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
    kind: wanted,
    metadata: { ...meta, name: typeof name === 'string' ? name : '' },
  };
}

function requireStrings(kind: string, field: string, value: unknown): void {
  if (value === undefined || value === null) return;
  const strings =
    isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
  if (strings) return;
  throw badRequest(
    `${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal into Go struct field ObjectMeta.metadata.${field} of type string`,
  );
}

/**
 * Checks what the simulation's users may get wrong: names, label values, and fields that cannot change.
 *
 * @param live the stored object; undefined for a create
 * @throws ApiError 422, worded as kubernetes@v1.34.4:pkg/apis/core/validation/validation.go
 */
export function validate(
  call: Call,
  next: KubernetesObject,
  live: KubernetesObject | undefined,
): void {
  const causes = [
    ...validateMetadata(next, call.request.resource.group),
    ...(live === undefined ? [] : validateChange(call, next, live)),
  ];
  if (causes.length === 0) return;
  const subject = { ...subjectOf(call), name: next.metadata.name };
  throw invalid(call.request.resource.kind, subject, causes);
}

function validateMetadata({ metadata }: KubernetesObject, group: string): StatusCause[] {
  const causes: StatusCause[] = [];
  const { name } = metadata;
  if (name === '') {
    const message = 'Required value: name or generateName is required';
    causes.push({ reason: 'FieldValueRequired', message, field: 'metadata.name' });
  } else if (!FREE_NAMES.has(group) && (name.length > 253 || !SUBDOMAIN.test(name))) {
    const message = `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
    causes.push({ reason: 'FieldValueInvalid', message, field: 'metadata.name' });
  }
  for (const value of Object.values(metadata.labels ?? {})) {
    if (value.length <= 63 && LABEL_VALUE.test(value)) continue;
    const message = `Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;
    causes.push({ reason: 'FieldValueInvalid', message, field: 'metadata.labels' });
  }
  return causes;
}

function validateChange(call: Call, next: KubernetesObject, live: KubernetesObject): StatusCause[] {
  const { plural, group } = call.request.resource;
  if (next.metadata.name !== live.metadata.name) {
    const message = `Invalid value: "${next.metadata.name}": field is immutable`;
    return [{ reason: 'FieldValueInvalid', message, field: 'metadata.name' }];
  }
  if (group !== '') return [];
  if (plural === 'nodes') return validateNodeChange(next, live);
  return plural === 'pods' && call.request.subresource === undefined
    ? validatePodChange(next, live)
    : [];
}

function validateNodeChange(next: KubernetesObject, live: KubernetesObject): StatusCause[] {
  const before = specOf(live)['podCIDRs'];
  if (!Array.isArray(before) || isDeepStrictEqual(before, specOf(next)['podCIDRs'])) return [];
  const message = 'Forbidden: node updates may not change podCIDR except from "" to valid';
  return [{ reason: 'FieldValueForbidden', message, field: 'spec.podCIDRs' }];
}

function validatePodChange(next: KubernetesObject, live: KubernetesObject): StatusCause[] {
  if (isDeepStrictEqual(fixedPart(next), fixedPart(live))) return [];
  const message =
    'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [{ reason: 'FieldValueForbidden', message, field: 'spec' }];
}

function fixedPart(pod: KubernetesObject): JsonObject {
  const spec = specOf(pod);
  const rest = without(
    spec,
    'activeDeadlineSeconds',
    'tolerations',
    'terminationGracePeriodSeconds',
  );
  return {
    ...rest,
    containers: withoutImages(spec['containers']),
    initContainers: withoutImages(spec['initContainers']),
  };
}

function withoutImages(containers: unknown): unknown[] {
  if (!Array.isArray(containers)) return [];
  return containers.filter(isJsonObject).map((container) => without(container, 'image'));
}

function specOf(object: KubernetesObject): JsonObject {
  return isJsonObject(object['spec']) ? object['spec'] : {};
}
