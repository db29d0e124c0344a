// SPDX-License-Identifier: Apache-2.0

import type { Uniform } from './matrix-view.ts';
import { abridged, counted } from './terminal/names.ts';

const MOST_NAMES = 8;
const WHAT = {
  'reaches-none': 'Reach no other node',
  'reached-by-none': 'Reached by no other node',
  'not-judged': 'Pairs from these could not be checked',
} as const;

/**
 * A statement about many pairs, without a period at the end.
 *
 * @param name makes the name of a node fit for the form of output
 */
export function uniformText({ kind, nodes }: Uniform, name: (node: string) => string): string {
  if (kind === 'not-asked') {
    return `Not asked for: pairs from ${counted(nodes.length, 'other node')}`;
  }
  const names = nodes.map((node) => name(node));
  return `${WHAT[kind]}: ${abridged(names, MOST_NAMES)}`;
}
