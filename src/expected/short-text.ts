// SPDX-License-Identifier: Apache-2.0

const LIMIT = 60;

/** Text from the cluster, cut to 60 characters with `…` as the last one: anybody may write an annotation. */
export function shortText(text: string): string {
  const characters = Array.from(text.slice(0, 2 * LIMIT + 2));
  return characters.length <= LIMIT ? text : `${characters.slice(0, LIMIT - 1).join('')}…`;
}

/** A number with its noun, e.g. `1 restart`, `3 restarts`. */
export function countText(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const MAX_NAMES = 5;

/** At most five names, and how many more there are, e.g. `node1, node2, 3 more`. */
export function namesText(names: readonly string[]): string {
  const rest = names.length - MAX_NAMES;
  const named = names.slice(0, MAX_NAMES);
  return [...named, ...(rest > 0 ? [`${String(rest)} more`] : [])].join(', ');
}
