// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import {
  type SectionCommand,
  isPlainPattern,
  isPlainWord,
} from '#sources/node-access/node-sections.ts';

/**
 * Prints markers around the output of one command, on both streams. POSIX sh; runs in BusyBox ash and dash.
 * A leading newline ends a last line that has none.
 */
const SECTION_FUNCTION =
  's() { n=$1; shift; ' +
  `printf '\\n%s begin %s\\n' "$m" "$n"; printf '\\n%s begin %s\\n' "$m" "$n" >&2; ` +
  `"$@"; r=$?; ` +
  `printf '\\n%s end %s %s\\n' "$m" "$n" "$r"; printf '\\n%s end %s %s\\n' "$m" "$n" "$r" >&2; }`;

/** Keeps some lines of a command's output; a command that does not exist is told as the shell tells it. */
const KEEP_FUNCTION =
  'k() { p=$1; shift; command -v "$1" >/dev/null || return 127; "$@" | grep -E "$p"; }';

/** Runs commands, each given as one word, until one succeeds or its program does not exist. */
const FIRST_FUNCTION =
  'f() { for c in "$@"; do $c && return 0; r=$?; if [ "$r" = 127 ]; then return 127; fi; done; return $r; }';

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
  const lines = commands.map(({ name, argv, keep, orElse = [] }) => {
    const odd = [name, ...argv, ...orElse.flat()].find((word) => !isPlainWord(word));
    if (odd !== undefined) throw new Error(`not a plain word: ${odd}`);
    if (orElse.length > 0) {
      const forms = [argv, ...orElse].map((form) => `'${form.join(' ')}'`);
      return ['s', name, 'f', ...forms].join(' ');
    }
    if (keep === undefined) return ['s', name, ...argv].join(' ');
    if (!isPlainPattern(keep)) throw new Error(`not a plain pattern: ${keep}`);
    return ['s', name, 'k', `'${keep}'`, ...argv].join(' ');
  });
  return [`m=${marker}`, SECTION_FUNCTION, KEEP_FUNCTION, FIRST_FUNCTION, ...lines, ''].join('\n');
}
