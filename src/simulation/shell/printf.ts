// SPDX-License-Identifier: Apache-2.0

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
};

/** Output of `printf`, and what it complains about, if anything. */
export interface PrintfResult {
  readonly text: string;
  readonly problem?: string;
}

/** Formats as `printf(1)`: `%s %b %c %d %i %u %x %X %o %%` with flags and width; the format repeats while arguments last. */
export function formatPrintf(format: string, args: readonly string[]): PrintfResult {
  const rest = [...args];
  let text = '';
  let problem: string | undefined;
  do {
    const before = rest.length;
    const round = formatOnce(format, rest);
    text += round.text;
    problem ??= round.problem;
    if (rest.length === before) break;
  } while (rest.length > 0);
  return problem === undefined ? { text } : { text, problem };
}

const TOKEN = /%([-0+ #]*)(\d*)(?:\.(\d+))?([sbcdiuxXo%])|\\([0-7]{1,3}|.)/gs;

function formatOnce(format: string, args: string[]): PrintfResult {
  let problem: string | undefined;
  const text = format.replace(TOKEN, (token, ...groups: (string | undefined)[]) => {
    const [flags = '', width = '', precision, kind, escape = ''] = groups;
    if (kind === '%') return '%';
    if (kind === undefined) return unescape(token, escape);
    const argument = args.shift() ?? '';
    const value = conversion(kind, argument, precision);
    if (value === undefined) problem = `${argument}: expected numeric value`;
    return pad(value ?? '0', flags, Number(width));
  });
  return problem === undefined ? { text } : { text, problem };
}

function unescape(token: string, escape: string): string {
  if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8));
  return ESCAPES[escape] ?? token;
}

function conversion(
  kind: string,
  argument: string,
  precision: string | undefined,
): string | undefined {
  switch (kind) {
    case 's':
      return precision === undefined ? argument : argument.slice(0, Number(precision));
    case 'b':
      return argument.replace(/\\(0?[0-7]{1,3}|.)/gs, unescape);
    case 'c':
      return argument.slice(0, 1);
    default:
      return numberText(kind, argument);
  }
}

function numberText(kind: string, argument: string): string | undefined {
  const value = argument === '' ? 0 : Number(argument);
  if (!Number.isInteger(value)) return undefined;
  const radix = { x: 16, X: 16, o: 8 }[kind] ?? 10;
  const text = value.toString(radix);
  return kind === 'X' ? text.toUpperCase() : text;
}

function pad(value: string, flags: string, width: number): string {
  if (flags.includes('-')) return value.padEnd(width);
  return value.padStart(width, flags.includes('0') ? '0' : ' ');
}
