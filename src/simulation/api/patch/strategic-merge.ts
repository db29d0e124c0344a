// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../api-error.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * Key by which the items of a list merge; lists that are not here are replaced as a whole.
 * From the `patchMergeKey` tags of kubernetes@v1.34.4:staging/src/k8s.io/api/core/v1/types.go.
 */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  addresses: ['type'],
  conditions: ['type'],
  containers: ['name'],
  env: ['name'],
  ephemeralContainers: ['name'],
  hostAliases: ['ip'],
  imagePullSecrets: ['name'],
  initContainers: ['name'],
  ownerReferences: ['uid'],
  podIPs: ['ip'],
  // Containers name the first, Services the second.
  ports: ['containerPort', 'port'],
  topologySpreadConstraints: ['topologyKey'],
  volumeDevices: ['devicePath'],
  volumeMounts: ['mountPath'],
  volumes: ['name'],
};

/** Lists of scalars that merge as sets. */
const SETS = new Set(['finalizers', 'podCIDRs']);

/** Key that tells the items of a list apart; undefined for lists that are replaced as a whole. */
export function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
  const objects = items.filter(isJsonObject);
  if (objects.length !== items.length) return undefined;
  return LIST_KEYS[field]?.find((key) => objects.every((item) => item[key] !== undefined));
}

/**
 * Applies a strategic merge patch with its directives `$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList` and `$setElementOrder` (the last is read but orders nothing).
 *
 * @throws ApiError 400 for a `$patch` that is not replace, merge or delete
 */
export function applyStrategicMerge(target: JsonObject, patch: JsonObject): JsonObject {
  const { $patch: directive, $retainKeys: retained, ...changes } = patch;
  if (directive === 'replace') return changes;
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`Unknown patch type "${JSON.stringify(directive)}" in map`);
  }
  const result = new Map(
    Object.entries(target).filter(([key]) => !Array.isArray(retained) || retained.includes(key)),
  );
  for (const [key, value] of Object.entries(changes)) {
    const [prefix = '', field = ''] = key.startsWith('$') ? key.split('/') : ['', key];
    if (prefix === '$deleteFromPrimitiveList') removeScalars(result, field, value);
    else if (prefix !== '$setElementOrder') mergeField(result, field, value);
  }
  return Object.fromEntries(result);
}

function mergeField(result: Map<string, unknown>, field: string, value: unknown): void {
  const current = result.get(field);
  if (value === null) result.delete(field);
  else if (isJsonObject(value)) {
    result.set(field, applyStrategicMerge(isJsonObject(current) ? current : {}, value));
  } else if (Array.isArray(value)) {
    result.set(field, mergeList(field, Array.isArray(current) ? current : [], value));
  } else result.set(field, value);
}

function mergeList(
  field: string,
  current: readonly unknown[],
  patch: readonly unknown[],
): unknown[] {
  if (patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !isJsonObject(item) || item['$patch'] !== 'replace');
  }
  if (SETS.has(field)) return [...current, ...patch.filter((item) => !current.includes(item))];
  const key = mergeKeyOf(field, [...current, ...patch]);
  if (key === undefined) return [...patch];
  const result = [...current];
  for (const item of patch.filter(isJsonObject)) mergeItem(result, key, item);
  return result;
}

function mergeItem(result: unknown[], key: string, item: JsonObject): void {
  const position = result.findIndex(
    (known) => isJsonObject(known) && isDeepStrictEqual(known[key], item[key]),
  );
  if (item['$patch'] === 'delete') {
    if (position !== -1) result.splice(position, 1);
    return;
  }
  const known = result[position];
  const merged = applyStrategicMerge(isJsonObject(known) ? known : {}, item);
  if (position === -1) result.push(merged);
  else result[position] = merged;
}

function removeScalars(result: Map<string, unknown>, field: string, removed: unknown): void {
  const current = result.get(field);
  if (!Array.isArray(current) || !Array.isArray(removed)) return;
  result.set(
    field,
    current.filter((item) => !removed.includes(item)),
  );
}
