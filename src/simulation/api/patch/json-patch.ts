// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../api-error.ts';
import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * Applies an RFC 6902 JSON patch.
 *
 * @throws ApiError 400 for operations that are not JSON patch, 422 for one that does not apply, `test` included
 */
export function applyJsonPatch(target: JsonObject, operations: readonly unknown[]): JsonObject {
  let document: unknown = structuredClone(target);
  for (const operation of operations) {
    if (!isJsonObject(operation)) throw refusal();
    document = applyOperation(document, operation);
  }
  if (!isJsonObject(document)) throw refusal();
  return document;
}

function applyOperation(document: unknown, operation: JsonObject): unknown {
  const path = pointer(operation['path']);
  switch (operation['op']) {
    case 'add':
      return insert(document, path, operation['value']);
    case 'remove':
      return remove(document, path);
    case 'replace':
      read(document, path);
      return path.length === 0
        ? operation['value']
        : insert(remove(document, path), path, operation['value']);
    case 'move': {
      const from = pointer(operation['from']);
      const value = read(document, from);
      return insert(remove(document, from), path, value);
    }
    case 'copy':
      return insert(document, path, structuredClone(read(document, pointer(operation['from']))));
    case 'test':
      if (isDeepStrictEqual(read(document, path), operation['value'])) return document;
      throw refusal();
    default:
      throw refusal();
  }
}

function pointer(text: unknown): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) {
    throw refusal();
  }
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) {
    const next: unknown = Array.isArray(value)
      ? value[index(part, value.length - 1)]
      : isJsonObject(value) && Object.hasOwn(value, part)
        ? value[part]
        : undefined;
    if (next === undefined) throw refusal();
    value = next;
  }
  return value;
}

function insert(document: unknown, path: readonly string[], value: unknown): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    parent.splice(last === '-' ? parent.length : index(last, parent.length), 0, value);
  } else if (isJsonObject(parent)) define(parent, last, value);
  else throw refusal();
  return document;
}

function remove(document: unknown, path: readonly string[]): unknown {
  read(document, path);
  const last = path.at(-1) ?? '';
  const parent = read(document, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(index(last, parent.length - 1), 1);
  else if (isJsonObject(parent)) Reflect.deleteProperty(parent, last);
  return document;
}

/** Assignment would change the prototype when the key is `__proto__`. */
function define(object: JsonObject, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function index(part: string, last: number): number {
  const position = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : -1;
  if (position < 0 || position > last) throw refusal();
  return position;
}

/** The API server keeps what exactly does not apply to itself. kubernetes@v1.34.4:staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go */
function refusal(): ApiError {
  return new ApiError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  );
}
