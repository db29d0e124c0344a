// SPDX-License-Identifier: Apache-2.0

/** A JSON object. */
export type JsonObject = Record<string, unknown>;

/** Tells a JSON object from arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of an object without some of its fields. */
export function without(object: Readonly<JsonObject>, ...fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}
