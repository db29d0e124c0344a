// SPDX-License-Identifier: Apache-2.0
import { FILE_PROBLEMS, linesOf, parseOptions } from './applet-input.ts';
import { grep } from './grep.ts';
import type { Process, Program } from './program.ts';

/** BusyBox applets that read files, as far as they are modelled. */
export const FILE_PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['cat', cat],
  ['cut', cut],
  ['grep', grep],
  ['head', head],
  ['ls', ls],
  ['mv', mv],
  ['rm', rm],
  ['sort', sort],
  ['tail', tail],
  ['tr', tr],
  ['uniq', uniq],
  ['wc', wc],
]);

/** Reads the operands one after the other, or standard input; complains about each that cannot be read. */
function readAll(process: Process, operands: readonly string[], name: string): [string, number] {
  if (operands.length === 0) return [process.stdin, 0];
  let status = 0;
  const texts = operands.map((path) => {
    const file = path === '-' ? { content: process.stdin } : process.files.read(path);
    if ('content' in file) return file.content;
    status = 1;
    process.err(`${name}: ${path}: ${FILE_PROBLEMS[file.problem]}\n`);
    return '';
  });
  return [texts.join(''), status];
}

function cat(process: Process): number {
  if (process.args.length === 0) process.out(process.stdin);
  let status = 0;
  for (const path of process.args) {
    const file = path === '-' ? { content: process.stdin } : process.files.read(path);
    if ('content' in file) {
      process.out(file.content);
      continue;
    }
    status = 1;
    const reason = FILE_PROBLEMS[file.problem];
    process.err(
      file.problem === 'EISDIR'
        ? `cat: read error: ${reason}\n`
        : `cat: can't open '${path}': ${reason}\n`,
    );
  }
  return status;
}

function head(process: Process): number {
  const { values, operands } = parseOptions(process.args, 'nc');
  const [text, status] = readAll(process, operands, 'head');
  const count = Number(values.get('n') ?? 10);
  const bytes = values.get('c');
  process.out(
    bytes === undefined ? joinLines(linesOf(text).slice(0, count)) : text.slice(0, Number(bytes)),
  );
  return status;
}

function tail(process: Process): number {
  const { values, operands } = parseOptions(process.args, 'nc');
  const [text, status] = readAll(process, operands, 'tail');
  const count = values.get('n') ?? '10';
  const lines = linesOf(text);
  const start = count.startsWith('+')
    ? Number(count) - 1
    : Math.max(0, lines.length - Number(count));
  process.out(joinLines(lines.slice(start)));
  return status;
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function wc(process: Process): number {
  const { flags, operands } = parseOptions(process.args, '');
  const [text, status] = readAll(process, operands, 'wc');
  const counts: Record<string, number> = {
    l: text.split('\n').length - 1,
    w: text.split(/\s+/).filter((word) => word !== '').length,
    c: Buffer.byteLength(text),
  };
  const wanted = ['l', 'w', 'c'].filter((letter) => flags.size === 0 || flags.has(letter));
  const numbers = wanted.map((letter) => String(counts[letter] ?? 0));
  const padded = numbers.length > 1 ? numbers.map((number) => number.padStart(9)) : numbers;
  process.out(`${[...padded, ...operands.slice(0, 1)].join(' ')}\n`);
  return status;
}

function cut(process: Process): number {
  const { flags, values, operands } = parseOptions(process.args, 'dfcb');
  const [text, status] = readAll(process, operands, 'cut');
  const delimiter = values.get('d') ?? '\t';
  const characters = values.get('c') ?? values.get('b');
  const wanted = parseRanges(values.get('f') ?? characters ?? '1-');
  const select = (parts: readonly string[]): string[] =>
    parts.filter((_, index) => wanted(index + 1));
  const lines = linesOf(text).flatMap((line) => {
    if (characters !== undefined) return [select(Array.from(line)).join('')];
    if (!line.includes(delimiter)) return flags.has('s') ? [] : [line];
    return [select(line.split(delimiter)).join(delimiter)];
  });
  process.out(joinLines(lines));
  return status;
}

function parseRanges(text: string): (position: number) => boolean {
  const ranges = text.split(',').map((range) => {
    const [from = '', to] = range.split('-');
    const first = from === '' ? 1 : Number(from);
    return [first, to === undefined ? first : to === '' ? Infinity : Number(to)] as const;
  });
  return (position) => ranges.some(([first, last]) => position >= first && position <= last);
}

function sort(process: Process): number {
  const { flags, operands } = parseOptions(process.args, 'kt');
  const [text, status] = readAll(process, operands, 'sort');
  const order = flags.has('n')
    ? (a: string, b: string): number => parseFloat(a) - parseFloat(b)
    : (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  let lines = linesOf(text).sort(order);
  if (flags.has('r')) lines.reverse();
  if (flags.has('u')) lines = [...new Set(lines)];
  process.out(joinLines(lines));
  return status === 0 ? 0 : 2;
}

function uniq(process: Process): number {
  const { flags, operands } = parseOptions(process.args, '');
  const [text, status] = readAll(process, operands, 'uniq');
  const runs: { line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const last = runs.at(-1);
    if (last?.line === line) last.count += 1;
    else runs.push({ line, count: 1 });
  }
  const counted = flags.has('c');
  process.out(
    joinLines(
      runs.map(({ line, count }) => (counted ? `${String(count).padStart(7)} ${line}` : line)),
    ),
  );
  return status;
}

function tr(process: Process): number {
  const { flags, operands } = parseOptions(process.args, '');
  const [from = '', to = ''] = operands.map(expandSet);
  if (flags.has('d')) {
    process.out(
      Array.from(process.stdin)
        .filter((character) => !from.includes(character))
        .join(''),
    );
    return 0;
  }
  const replace = (character: string): string => {
    const position = from.indexOf(character);
    return position === -1 ? character : (to[Math.min(position, to.length - 1)] ?? '');
  };
  process.out(Array.from(process.stdin).map(replace).join(''));
  return 0;
}

function expandSet(text: string): string {
  const plain = text.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0');
  return plain.replace(/(.)-(.)/gs, (_, first: string, last: string) => {
    const start = first.charCodeAt(0);
    const length = Math.max(0, last.charCodeAt(0) - start + 1);
    return Array.from({ length }, (__, index) => String.fromCharCode(start + index)).join('');
  });
}

function ls(process: Process): number {
  const { operands } = parseOptions(process.args, '');
  let status = 0;
  for (const path of operands.length === 0 ? ['/'] : operands) {
    const file = process.files.read(path);
    if ('content' in file) process.out(`${path}\n`);
    else if (process.files.isDirectory(path)) process.out(joinLines(process.files.list(path)));
    else {
      status = 1;
      process.err(`ls: ${path}: ${FILE_PROBLEMS[file.problem]}\n`);
    }
  }
  return status;
}

/** `mv FROM TO`, both files. */
function mv(process: Process): number {
  const [from = '', to = ''] = parseOptions(process.args, '').operands;
  const file = process.files.read(from);
  const problem = 'content' in file ? process.files.write(to, file.content) : file.problem;
  if (problem !== undefined) {
    process.err(`mv: can't rename '${from}': ${FILE_PROBLEMS[problem]}\n`);
    return 1;
  }
  process.files.remove(from);
  return 0;
}

/** `rm [-f] FILE…`. */
function rm(process: Process): number {
  const { flags, operands } = parseOptions(process.args, '');
  const missing = operands.filter((path) => !process.files.remove(path));
  if (flags.has('f')) return 0;
  for (const path of missing) {
    process.err(`rm: can't remove '${path}': ${FILE_PROBLEMS.ENOENT}\n`);
  }
  return missing.length > 0 ? 1 : 0;
}
