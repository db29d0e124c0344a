// SPDX-License-Identifier: Apache-2.0

import { MOVED, REFUSED, UNREADABLE } from '#sources/node-access/exec/entry-script.ts';

/** The one file of a node that is ever written. */
const SHOW = 'f=/run/flannel/subnet.env; show() { if [ -e "$f" ]; then cat "$f"; fi; }';

/** Compares the file with what is expected, then makes it of one line per parameter, or removes it without any. */
const WRITE = [
  SHOW,
  'e=$1; shift',
  `now=$(show) || exit ${String(UNREADABLE)}`,
  `if [ "$now" != "$e" ]; then printf "%s\\n" "$now"; exit ${String(MOVED)}; fi`,
  'if [ "$#" -gt 0 ]; then',
  `printf "%s\\n" "$@" > "$f.selvage" || exit ${String(REFUSED)}`,
  `mv "$f.selvage" "$f" || exit ${String(REFUSED)}`,
  'else',
  `rm -f "$f" || exit ${String(REFUSED)}`,
  'fi',
  `show || exit ${String(UNREADABLE)}`,
  '',
].join('\n');

/** The command that prints subnet.env, or nothing when there is none. */
export function readFileCommand(): readonly string[] {
  return ['sh', '-c', `${SHOW}; show`];
}

/**
 * The command that writes subnet.env in one exec, if it is still as expected. The new text is never there by half:
 * it is written beside the file and takes its place.
 *
 * @param expected the text, without a last newline; empty: there is no file
 * @param lines words that {@link isFileLine} takes; none: the file is removed
 */
export function writeFileCommand(expected: string, lines: readonly string[]): readonly string[] {
  const odd = lines.find((line) => !isFileLine(line));
  if (odd !== undefined) throw new Error(`not a line of the file: ${odd}`);
  return ['sh', '-c', WRITE, 'sh', expected, ...lines];
}

/** Whether a line can be one of subnet.env: nothing that a shell which sources the file would read as more than a value. */
export function isFileLine(line: string): boolean {
  return /^FLANNEL_[A-Z0-9_]{1,20}=[A-Za-z0-9.:/,]{1,200}$/.test(line);
}
