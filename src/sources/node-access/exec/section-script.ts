// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { type SectionCommand, isPlainWord } from '#sources/node-access/node-sections.ts';

/**
 * Prints markers around the output of one command, on both streams. POSIX sh; runs in BusyBox ash and dash.
 * A leading newline ends a last line that has none.
 */
const SECTION_FUNCTION =
  's() { n=$1; shift; ' +
  `printf '\\n%s begin %s\\n' "$m" "$n"; printf '\\n%s begin %s\\n' "$m" "$n" >&2; ` +
  `"$@"; r=$?; ` +
  `printf '\\n%s end %s %s\\n' "$m" "$n" "$r"; printf '\\n%s end %s %s\\n' "$m" "$n" "$r" >&2; }`;

/** A marker that output cannot forge: 128 random bits, new for each run, in lower-case hexadecimal. */
export function newMarker(): string {
  return randomBytes(16).toString('hex');
}

/**
 * The script that runs all commands in one exec and marks where each one's output begins and ends.
 *
 * @throws Error (a programmer's error) when the marker or a word would not mean itself in a shell
 */
export function sectionScript(marker: string, commands: readonly SectionCommand[]): string {
  if (!/^[0-9a-f]{16,64}$/.test(marker)) throw new Error('the marker is not hexadecimal');
  const lines = commands.map(({ name, argv }) => {
    const words = ['s', name, ...argv];
    const odd = words.find((word) => !isPlainWord(word));
    if (odd !== undefined) throw new Error(`not a plain word: ${odd}`);
    return words.join(' ');
  });
  return [`m=${marker}`, SECTION_FUNCTION, ...lines, ''].join('\n');
}
