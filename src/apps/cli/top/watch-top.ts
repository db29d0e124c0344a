// SPDX-License-Identifier: Apache-2.0

import { renderJsonLine } from '#render/json/render-report.ts';
import { renderTopLine } from '#render/top/render-line.ts';
import { renderTop } from '#render/top/render-top.ts';
import { sparkline } from '#render/top/sparkline.ts';
import { UseHistory } from '#resources/top/use-history.ts';
import type { TopReport, TopRow } from '#resources/top/top-report.ts';
import { isSourceError } from '#sources/source-error.ts';

import type { Pace } from '../check/pace.ts';
import { describeFailure } from '../error-text.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import type { TopFlags } from './top-flags.ts';

/** How often, and in which form. */
export interface WatchOptions {
  readonly intervalMs: number;
  readonly flags: TopFlags;
}

/** Rows of a live view, unless somebody asks for more: a screen has no more. */
const LIVE_ROWS = 20;
/** To the upper left corner, and clear from there. */
const CLEAR = '\u001b[H\u001b[2J';

/**
 * Reads until it is interrupted. On a terminal each reading replaces the one before, with a small curve of the last
 * readings behind each row; elsewhere it is one line, or one JSON document in a line. A reading that fails is told on
 * standard error, and the next one is tried.
 *
 * @throws the Interruption; what no waiting mends
 */
export async function watchTop(
  read: () => Promise<TopReport>,
  { intervalMs, flags }: WatchOptions,
  io: Io,
  pace: Pace,
): Promise<never> {
  const write = flags.output === 'json' ? jsonWriter(io) : textWriter(flags, io);
  for (;;) {
    try {
      write(await read());
    } catch (error) {
      io.signal.throwIfAborted();
      if (!isSourceError(error) || !error.retryable) throw error;
      io.stderr.write(describeFailure(error, io).text);
    }
    await pace.sleep(intervalMs, io.signal);
  }
}

type Writer = (report: TopReport) => void;

function jsonWriter({ stdout }: Io): Writer {
  return (report) => {
    stdout.write([...renderJsonLine(report)].join(''));
  };
}

function textWriter({ output, color, top = LIVE_ROWS }: TopFlags, io: Io): Writer {
  const options = { ...terminalTraits(io, !color), narrowed: false };
  if (io.stdout.isTTY !== true || io.env['TERM'] === 'dumb') {
    return (report) => {
      io.stdout.write(renderTopLine(report, options));
    };
  }
  const history = new UseHistory();
  return (report) => {
    history.add(report);
    const rows = report.rows.slice(0, top);
    const shown = { ...report, rows, leftOut: report.leftOut + report.rows.length - rows.length };
    const curve = (row: TopRow): string => sparkline(history.of(row), options.unicode);
    const page = [...renderTop(shown, { ...options, wide: output === 'wide', curve })].join('');
    io.stdout.write(CLEAR + page);
  };
}
