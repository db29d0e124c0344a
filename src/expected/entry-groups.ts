// SPDX-License-Identifier: Apache-2.0

/** Things that belong together: at least one. */
export type Group<T> = readonly [T, ...T[]];

/**
 * Puts entries about the same subject together, so that two entries of one peer or one destination make one
 * finding. Groups and their members keep the order in which they came.
 */
export function entryGroups<T>(
  entries: readonly T[],
  subjectOf: (entry: T) => unknown,
): readonly Group<T>[] {
  const groups = new Map<unknown, [T, ...T[]]>();
  for (const entry of entries) {
    const subject = subjectOf(entry);
    const group = groups.get(subject);
    if (group === undefined) groups.set(subject, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
