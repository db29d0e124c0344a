// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject } from './json-value.ts';

/** Applies an RFC 7386 merge patch: maps merge, null removes, all else replaces. */
export function applyMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else if (isJsonObject(value)) {
      const current = result.get(key);
      result.set(key, applyMergePatch(isJsonObject(current) ? current : {}, value));
    } else result.set(key, value);
  }
  return Object.fromEntries(result);
}
