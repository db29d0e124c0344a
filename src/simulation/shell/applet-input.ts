// SPDX-License-Identifier: Apache-2.0
import type { FileProblem } from '#simulation/kernel/node-files.ts';

/** strerror texts. */
export const FILE_PROBLEMS: Readonly<Record<FileProblem, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EROFS: 'Read-only file system',
};

/** Options and operands of an applet's command line. */
export interface AppletOptions {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** All values of an option that may be given again. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

/** Splits short options from operands; letters in `withValue` take one. */
export function parseOptions(args: readonly string[], withValue: string): AppletOptions {
  const flags = new Set<string>();
  const lists = new Map<string, string[]>();
  const rest = [...args];
  while (rest[0] !== undefined && /^-./.test(rest[0])) {
    const cluster = rest.shift() ?? '';
    if (cluster === '--') break;
    for (let index = 1; index < cluster.length; index += 1) {
      const letter = cluster[index] ?? '';
      if (!withValue.includes(letter)) {
        flags.add(letter);
        continue;
      }
      const value = index + 1 < cluster.length ? cluster.slice(index + 1) : (rest.shift() ?? '');
      lists.set(letter, [...(lists.get(letter) ?? []), value]);
      break;
    }
  }
  const values = new Map([...lists].map(([letter, given]) => [letter, given.at(-1) ?? '']));
  return { flags, values, lists, operands: rest };
}

/** Lines of a text, without their newlines. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
