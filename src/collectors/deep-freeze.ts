// SPDX-License-Identifier: Apache-2.0

/** Freezes a value and all that is in it. Stops at what is frozen already: shared parts are frozen once. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
