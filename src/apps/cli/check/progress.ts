// SPDX-License-Identifier: Apache-2.0

import { printableText } from '#render/terminal/printable-text.ts';

import type { Io } from '../io.ts';

/** How far a collection is. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** One line on standard error that is written over and over, and taken away at the end. */
export interface ProgressLine {
  /** Whether there is a terminal that shows it. */
  readonly isShowing: boolean;
  /** Shows a text until the next one. */
  readonly say: (text: string) => void;
  readonly show: (progress: Progress) => void;
  readonly clear: () => void;
}

/** Time between two updates in milliseconds: a thousand nodes are not a thousand writes. */
const MIN_INTERVAL_MS = 50;
const ERASE_LINE = '\r\u001B[2K';

/** The line for a person who waits; silent when standard error is no terminal, or a dumb one. */
export function progressLine({ stderr, env }: Io, nowMs: () => number): ProgressLine {
  if (stderr.isTTY !== true || env['TERM'] === 'dumb') {
    const nothing = (): void => undefined;
    return { isShowing: false, say: nothing, show: nothing, clear: nothing };
  }
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  const say = (text: string): void => {
    isShown = true;
    stderr.write(`${ERASE_LINE}${printableText(text)}`);
  };
  return {
    isShowing: true,
    say,
    show({ phase, done, total }) {
      if (done < total && nowMs() - shownAtMs < MIN_INTERVAL_MS) return;
      shownAtMs = nowMs();
      say(`${phase} ${String(done)}/${String(total)}`);
    },
    clear() {
      if (isShown) stderr.write(ERASE_LINE);
      isShown = false;
    },
  };
}
