// SPDX-License-Identifier: Apache-2.0

import { styleText } from 'node:util';

import { printableText } from './printable-text.ts';

/** How a terminal is to be written to; decided by the caller, never read from the process. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Columns to wrap sentences at; lines in `ip` notation are left whole, so that they can be copied. */
  readonly width: number;
  /** `false`: ASCII only, also for text of the cluster. */
  readonly unicode: boolean;
  /** How the person calls Selvage, for hints: `selvage` or `kubectl selvage`. */
  readonly program: string;
  /** Only some checks or nodes were asked for: node pairs that nobody judged are by choice. */
  readonly narrowed: boolean;
}

/** What a line says, as a mark before it: passed, broken, will hurt, harmless, not known. */
export type Mark = 'pass' | 'critical' | 'warning' | 'info' | 'unknown';

const MARKS: Readonly<Record<Mark, { readonly unicode: string; readonly ascii: string }>> = {
  pass: { unicode: '✓', ascii: 'OK' },
  critical: { unicode: '✗', ascii: 'X' },
  warning: { unicode: '!', ascii: '!' },
  info: { unicode: '·', ascii: '-' },
  unknown: { unicode: '?', ascii: '?' },
};

const COLORS = {
  pass: 'green',
  critical: 'red',
  warning: 'yellow',
  info: 'gray',
  unknown: 'yellow',
} as const satisfies Record<Mark, string>;

/** Paints and cleans text for one terminal. */
export interface Style {
  readonly width: number;
  readonly program: string;
  /** A mark and the space behind it. */
  mark(mark: Mark): string;
  bold(text: string): string;
  faint(text: string): string;
  /** Colours text like a mark. */
  tint(mark: Mark, text: string): string;
  /** Makes text of the cluster harmless for this terminal. */
  clean(text: string): string;
}

/** Makes the style for one terminal. */
export function makeStyle(options: TerminalOptions): Style {
  const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
    options.color ? styleText(format, text, { validateStream: false }) : text;
  return {
    width: options.width,
    program: options.program,
    mark: (mark) => `${MARKS[mark][options.unicode ? 'unicode' : 'ascii']} `,
    bold: (text) => paint('bold', text),
    faint: (text) => paint('dim', text),
    tint: (mark, text) => paint(COLORS[mark], text),
    clean: (text) => printableText(text, options.unicode),
  };
}
