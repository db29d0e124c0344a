// SPDX-License-Identifier: Apache-2.0

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  const rest = items.slice(0, -1);
  return rest.length === 0 ? last : `${rest.join(', ')} and ${last}`;
}

/** Like `listOf`, but at most `most` items by name: `a, b, c and 17 more`. */
export function abridged(items: readonly string[], most = 3): string {
  return items.length <= most + 1
    ? listOf(items)
    : `${items.slice(0, most).join(', ')} and ${count(items.length - most)} more`;
}

/** A whole number with thousands separated, as in `999,000`. */
export function count(value: number): string {
  return value.toString().replace(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** `1 node`, `2 nodes`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** Groups items by a key, in the order of first appearance. */
export function groupBy<T>(
  items: Iterable<T>,
  key: (item: T) => string,
): ReadonlyMap<string, readonly [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
