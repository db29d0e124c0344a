// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject } from './json-value.ts';
import { mergeKeyOf } from './strategic-merge.ts';

/**
 * Leaves of an object by path. A path joins elements as FieldsV1 spells them (`f:name`,
 * `k:{"type":"Ready"}`) with a NUL, which no key can hold.
 */
export type FieldSet = ReadonlyMap<string, unknown>;

const SEPARATOR = '\0';

/** Fields of the object's identity and of the server's own bookkeeping, which nobody manages. */
const UNMANAGED = new Set(
  [
    ['apiVersion'],
    ['kind'],
    ...[
      'creationTimestamp',
      'deletionTimestamp',
      'generateName',
      'generation',
      'managedFields',
      'name',
      'namespace',
      'resourceVersion',
      'selfLink',
      'uid',
    ].map((field) => ['metadata', field]),
  ].map((path) => path.map((part) => `f:${part}`).join(SEPARATOR)),
);

/** Collects the managed leaves of an object; lists without a merge key are leaves. */
export function collectFields(object: JsonObject): FieldSet {
  const fields = new Map<string, unknown>();
  collect(object, [], fields);
  return fields;
}

function collect(value: unknown, path: readonly string[], fields: Map<string, unknown>): void {
  const key = path.join(SEPARATOR);
  if (UNMANAGED.has(key)) return;
  const inner = children(value, path.at(-1) ?? '');
  if (inner === undefined || (inner.length === 0 && path.length > 0)) {
    fields.set(key, value);
    return;
  }
  for (const [element, child] of inner) collect(child, [...path, element], fields);
}

function children(value: unknown, element: string): [string, unknown][] | undefined {
  if (isJsonObject(value)) {
    return Object.entries(value).map(([key, child]) => [`f:${key}`, child]);
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const key = mergeKeyOf(element.slice(2), value);
  if (key === undefined) return undefined;
  return value.filter(isJsonObject).map((item) => [itemElement(key, item), item]);
}

function itemElement(key: string, item: JsonObject): string {
  return `k:${JSON.stringify({ [key]: item[key] })}`;
}

/** Removes the leaves at these paths from a copy of an object, and the containers that they leave empty. */
export function removeFields(object: JsonObject, paths: ReadonlySet<string>): JsonObject {
  return prune(object, [], paths) ?? {};
}

function prune(
  object: JsonObject,
  path: readonly string[],
  paths: ReadonlySet<string>,
): JsonObject | undefined {
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const result = pruneValue(value, [...path, `f:${key}`], paths);
    if (result !== undefined) kept.push([key, result]);
  }
  return kept.length === 0 && Object.keys(object).length > 0 ? undefined : Object.fromEntries(kept);
}

function pruneValue(value: unknown, path: readonly string[], paths: ReadonlySet<string>): unknown {
  if (paths.has(path.join(SEPARATOR))) return undefined;
  if (isJsonObject(value)) return prune(value, path, paths);
  const field = path.at(-1)?.slice(2) ?? '';
  const key = Array.isArray(value) && value.length > 0 ? mergeKeyOf(field, value) : undefined;
  if (key === undefined || !Array.isArray(value)) return value;
  const items = value
    .filter(isJsonObject)
    .map((item) => prune(item, [...path, itemElement(key, item)], paths))
    .filter((item) => item !== undefined);
  return items.length === 0 ? undefined : items;
}

/** Writes paths as FieldsV1. */
export function encodeFields(paths: Iterable<string>): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let node = root;
    for (const element of path.split(SEPARATOR)) {
      const next = node[element];
      const child: JsonObject = isJsonObject(next) ? next : {};
      node[element] = child;
      node = child;
    }
  }
  return root;
}

/** Reads the leaf paths of FieldsV1; `.` entries, which own a container and no leaf, are left out. */
export function decodeFields(fields: unknown, prefix: readonly string[] = []): Set<string> {
  const entries = isJsonObject(fields) ? Object.entries(fields).filter(([key]) => key !== '.') : [];
  if (entries.length === 0) return new Set(prefix.length > 0 ? [prefix.join(SEPARATOR)] : []);
  const paths = new Set<string>();
  for (const [element, child] of entries) {
    for (const path of decodeFields(child, [...prefix, element])) paths.add(path);
  }
  return paths;
}

/** Writes a path for people, as `.spec.containers[name="x"].image`. */
export function describePath(path: string): string {
  return path
    .split(SEPARATOR)
    .map((element) =>
      element.startsWith('k:')
        ? element.slice(2).replace(/^\{"([^"]+)":(.*)\}$/, '[$1=$2]')
        : `.${element.slice(2)}`,
    )
    .join('');
}
