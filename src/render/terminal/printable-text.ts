// SPDX-License-Identifier: Apache-2.0

import { stripVTControlCharacters } from 'node:util';

/** Longest text of the cluster that is printed whole, in UTF-16 code units; names and `ip` lines are far shorter. */
export const MAX_TEXT_LENGTH = 2000;

// Control, format (bidirectional overrides, zero width, tags), surrogate, private-use and unassigned characters:
// none of them shows what it does, and some of them rewrite the terminal around them.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Text from the cluster, made harmless for a terminal: one line, without escape sequences, control,
 * bidirectional or zero-width characters; white space is collapsed. Longer than `MAX_TEXT_LENGTH`: cut, ends
 * with three dots. Names of nodes and pods are chosen by whoever may create them.
 *
 * @param unicode `false`: every character outside printable ASCII becomes `?`
 */
export function printableText(text: string, unicode = true): string {
  const oneLine = text.slice(0, 2 * MAX_TEXT_LENGTH).replace(/[\n\r\t\v\f\u2028\u2029]+/gu, ' ');
  const visible = stripVTControlCharacters(oneLine)
    .replace(INVISIBLE, '')
    .replace(/\s+/gu, ' ')
    .trim();
  const short =
    visible.length > MAX_TEXT_LENGTH
      ? `${visible.slice(0, MAX_TEXT_LENGTH).replace(/[\uD800-\uDBFF]$/u, '')}...`
      : visible;
  return unicode ? short : short.replace(/[^\x20-\x7e]/gu, '?');
}
