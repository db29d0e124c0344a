// SPDX-License-Identifier: Apache-2.0

import type { TerminalOptions } from '#render/terminal/style.ts';

import type { Io } from './io.ts';

const DEFAULT_WIDTH = 100;
const MIN_WIDTH = 40;
const MAX_WIDTH = 120;

/** What standard output can show, without what only a command knows. */
export type TerminalTraits = Omit<TerminalOptions, 'narrowed'>;

/**
 * Finds out how standard output may be written to.
 *
 * - Colour: on a terminal that is not dumb, or when FORCE_COLOR is set; never with NO_COLOR (no-color.org) or
 *   `noColor`.
 * - Characters outside ASCII: when the locale is UTF-8.
 * - Width: the terminal's, else COLUMNS, else 100; between 40 and 120, for long lines are hard to read.
 */
export function terminalTraits(io: Io, noColor = false): TerminalTraits {
  const { env, stdout, program } = io;
  return {
    color: !noColor && wantsColor(io),
    width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, stdout.columns ?? columnsOf(env))),
    unicode: isUtf8(env),
    program,
  };
}

function wantsColor({ env, stdout }: Io): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return stdout.isTTY === true && env['TERM'] !== 'dumb';
}

/** The first variable that is set decides, as in the C library. Windows terminals have none and are UTF-8. */
function isUtf8(env: Io['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  if (locale === undefined) return isSet(env['WT_SESSION']);
  return /utf-?8/iu.test(locale);
}

function columnsOf(env: Io['env']): number {
  const columns = Number(env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : DEFAULT_WIDTH;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
