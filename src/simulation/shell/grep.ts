// SPDX-License-Identifier: Apache-2.0
import type { FileProblem } from '#simulation/kernel/node-files.ts';
import { FILE_PROBLEMS, linesOf, parseOptions } from './applet-input.ts';
import type { Process } from './program.ts';

/** `grep [-EFHchilnoqsvx] [-e PATTERN] PATTERN [FILE…]` of BusyBox. Exit code: 0 found, 1 not found, 2 a file could not be read. */
export function grep(process: Process): number {
  const { flags, lists, operands } = parseOptions(process.args, 'em');
  const given = lists.get('e');
  const [patterns, files] =
    given === undefined ? [operands.slice(0, 1), operands.slice(1)] : [given, operands];
  const expression = compile(patterns, flags);
  if (expression === undefined) {
    process.err(`grep: bad regex '${patterns.join(' ')}'\n`);
    return 2;
  }
  const showName = flags.has('H') || (files.length > 1 && !flags.has('h'));
  const results = (files.length === 0 ? ['-'] : files).map((path) => {
    const file = path === '-' ? { content: process.stdin } : process.files.read(path);
    if ('problem' in file) return complain(process, path, file.problem, flags);
    const name = path === '-' ? '(standard input)' : path;
    const prefix = showName ? `${name}:` : '';
    return grepText(process, file.content, { expression, flags, prefix, name }) ? 0 : 1;
  });
  if (results.includes(2)) return 2;
  return results.includes(0) ? 0 : 1;
}

/** A directory is passed over silently. */
function complain(
  process: Process,
  path: string,
  problem: FileProblem,
  flags: ReadonlySet<string>,
): number {
  if (problem === 'EISDIR') return 1;
  if (!flags.has('s')) process.err(`grep: ${path}: ${FILE_PROBLEMS[problem]}\n`);
  return 2;
}

interface GrepOptions {
  readonly expression: RegExp;
  readonly flags: ReadonlySet<string>;
  readonly prefix: string;
  readonly name: string;
}

function grepText(process: Process, text: string, options: GrepOptions): boolean {
  const { expression, flags, prefix, name } = options;
  const selected = linesOf(text)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => expression.test(line) !== flags.has('v'));
  const found = selected.length > 0;
  if (flags.has('q')) return found;
  if (flags.has('l')) {
    if (found) process.out(`${name}\n`);
  } else if (flags.has('c')) {
    process.out(`${prefix}${String(selected.length)}\n`);
  } else {
    for (const { line, number } of selected) {
      const head = `${prefix}${flags.has('n') ? `${String(number)}:` : ''}`;
      const parts = flags.has('o') ? (line.match(new RegExp(expression, 'g')) ?? []) : [line];
      for (const part of parts) process.out(`${head}${part}\n`);
    }
  }
  return found;
}

function compile(patterns: readonly string[], flags: ReadonlySet<string>): RegExp | undefined {
  const source = patterns.map((pattern) => sourceOf(pattern, flags)).join('|');
  const whole = flags.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  const anchored = flags.has('x') ? `^(?:${whole})$` : whole;
  try {
    return new RegExp(anchored, flags.has('i') ? 'i' : '');
  } catch {
    return undefined;
  }
}

function sourceOf(pattern: string, flags: ReadonlySet<string>): string {
  if (flags.has('F')) return pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return flags.has('E') ? pattern : basicToExtended(pattern);
}

/** In basic expressions `\| \+ \? \( \) \{ \}` are operators and the bare characters are not. */
function basicToExtended(pattern: string): string {
  return pattern.replace(
    /\\([|+?(){}])|([|+?(){}])/g,
    (_, operator: string | undefined, plain: string) => operator ?? `\\${plain}`,
  );
}
