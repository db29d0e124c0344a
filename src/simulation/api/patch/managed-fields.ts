// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api-error.ts';
import {
  collectFields,
  decodeFields,
  describePath,
  encodeFields,
  removeFields,
  type FieldSet,
} from './field-set.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

/** Who writes, and how. */
export interface FieldWriter {
  manager: string;
  /** Of the object as the writer sees it. */
  apiVersion: string;
  /** Absent: the resource itself. */
  subresource?: string;
  /** RFC 3339. */
  time: string;
}

interface Ownership {
  writer: FieldWriter;
  operation: 'Apply' | 'Update';
  paths: Set<string>;
}

/**
 * Owner of the fields of an object that was never written through the API, as
 * kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/skipnonapplied.go names it.
 */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * Applies a configuration (server-side apply): merges it, takes ownership of its fields, and removes
 * fields that the manager applied before, no longer applies, and nobody else owns.
 *
 * @param live the stored object; undefined when the apply creates it
 * @throws ApiError 409 when another manager owns a field with another value and `force` is false
 */
export function applyConfiguration(
  live: JsonObject | undefined,
  applied: JsonObject,
  writer: FieldWriter,
  force: boolean,
): JsonObject {
  const before = live ?? {};
  const owners = live === undefined ? [] : readOwners(live, writer);
  const fields = collectFields(applied);
  const contested = findConflicts(owners, fields, collectFields(before), writer);
  if (contested.length > 0 && !force) throw conflictError(contested);
  const own = ownershipOf(owners, writer, 'Apply');
  const dropped = [...own.paths].filter((path) => !fields.has(path));
  own.paths = new Set(fields.keys());
  for (const { owner, path } of contested) owner.paths.delete(path);
  const orphaned = dropped.filter((path) => !owners.some((owner) => owner.paths.has(path)));
  const merged = removeFields(applyStrategicMerge(before, applied), new Set(orphaned));
  const result = withOwners(merged, owners);
  // An apply that changes nothing keeps the time of the one before, and so the whole object.
  if (isDeepStrictEqual(result, before)) return result;
  own.writer = writer;
  return withOwners(merged, owners);
}

/**
 * Records a write that is not an apply: the writer takes what it changed, and what is gone has no owner.
 * An object without managed fields stays so: tracking begins with a create or the first apply.
 */
export function recordUpdate(
  live: JsonObject | undefined,
  next: JsonObject,
  writer: FieldWriter,
): JsonObject {
  if (live !== undefined && managedFieldsOf(live).length === 0) return next;
  const before: FieldSet = live === undefined ? new Map() : collectFields(live);
  const after = collectFields(next);
  const owners = live === undefined ? [] : readOwners(live, writer);
  const changed = [...after]
    .filter(([path, value]) => !before.has(path) || !isDeepStrictEqual(before.get(path), value))
    .map(([path]) => path);
  for (const owner of owners) {
    for (const path of owner.paths) {
      if (!after.has(path) || changed.includes(path)) owner.paths.delete(path);
    }
  }
  if (changed.length > 0) {
    const own = ownershipOf(owners, writer, 'Update');
    for (const path of changed) own.paths.add(path);
    own.writer = writer;
  }
  return withOwners(next, owners);
}

interface Contest {
  owner: Ownership;
  path: string;
}

function findConflicts(
  owners: readonly Ownership[],
  fields: FieldSet,
  live: FieldSet,
  writer: FieldWriter,
): Contest[] {
  const others = owners.filter((owner) => !isSame(owner, writer, 'Apply'));
  return [...fields]
    .filter(([path, value]) => live.has(path) && !isDeepStrictEqual(live.get(path), value))
    .flatMap(([path]) =>
      others.filter((owner) => owner.paths.has(path)).map((owner) => ({ owner, path })),
    );
}

function conflictError(contested: readonly Contest[]): ApiError {
  const causes = contested.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describeOwner(owner)}`,
    field: describePath(path),
  }));
  const [first] = causes;
  const text =
    causes.length === 1 && first !== undefined
      ? `1 conflict: ${first.message}: ${first.field}`
      : `${String(causes.length)} conflicts: ${groupByOwner(causes)}`;
  return new ApiError(409, 'Conflict', `Apply failed with ${text}`, { causes });
}

/** As kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go prints a manager. */
function describeOwner({ writer, operation }: Ownership): string {
  const subresource =
    writer.subresource === undefined ? '' : ` with subresource "${writer.subresource}"`;
  const update = operation === 'Update' ? ` using ${writer.apiVersion} at ${writer.time}` : '';
  return `"${writer.manager}"${subresource}${update}`;
}

function groupByOwner(causes: readonly { message: string; field: string }[]): string {
  const messages = [...new Set(causes.map((cause) => cause.message))];
  return messages
    .map((message) => {
      const lines = causes
        .filter((cause) => cause.message === message)
        .map((cause) => `- ${cause.field}`);
      return [`${message.replace('conflict', 'conflicts')}:`, ...lines].join('\n');
    })
    .join('\n');
}

function isSame(owner: Ownership, writer: FieldWriter, operation: 'Apply' | 'Update'): boolean {
  return (
    owner.operation === operation &&
    owner.writer.manager === writer.manager &&
    owner.writer.subresource === writer.subresource
  );
}

function ownershipOf(
  owners: Ownership[],
  writer: FieldWriter,
  operation: 'Apply' | 'Update',
): Ownership {
  const known = owners.find((owner) => isSame(owner, writer, operation));
  if (known !== undefined) return known;
  const added: Ownership = { writer, operation, paths: new Set() };
  owners.push(added);
  return added;
}

function managedFieldsOf(object: JsonObject): readonly unknown[] {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  return Array.isArray(metadata['managedFields']) ? metadata['managedFields'] : [];
}

function readOwners(live: JsonObject, writer: FieldWriter): Ownership[] {
  const entries = managedFieldsOf(live);
  if (entries.length === 0) {
    const { apiVersion, time } = writer;
    return [
      {
        writer: { manager: BEFORE_FIRST_APPLY, apiVersion, time },
        operation: 'Update',
        paths: new Set(collectFields(live).keys()),
      },
    ];
  }
  return entries.filter(isJsonObject).map(readOwner);
}

function readOwner(entry: JsonObject): Ownership {
  const subresource = entry['subresource'];
  return {
    operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
    writer: {
      manager: textOf(entry['manager']),
      apiVersion: textOf(entry['apiVersion']),
      time: textOf(entry['time']),
      ...(typeof subresource === 'string' ? { subresource } : {}),
    },
    paths: decodeFields(entry['fieldsV1']),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function withOwners(object: JsonObject, owners: readonly Ownership[]): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const managedFields = owners
    .filter((owner) => owner.paths.size > 0)
    .map(({ writer, operation, paths }) => ({
      manager: writer.manager,
      operation,
      apiVersion: writer.apiVersion,
      time: writer.time,
      fieldsType: 'FieldsV1',
      fieldsV1: encodeFields(paths),
      ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
    }));
  return { ...object, metadata: { ...metadata, managedFields } };
}
