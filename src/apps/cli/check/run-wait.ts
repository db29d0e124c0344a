// SPDX-License-Identifier: Apache-2.0

import { counted, listOf } from '#render/terminal/names.ts';

import { EXIT } from '../exit-code.ts';
import { durationText } from '../flag-values.ts';
import type { Io } from '../io.ts';
import type { Pace } from './pace.ts';
import { progressLine } from './progress.ts';
import { type PreparedCheck, type Round, tryOnce } from './round.ts';

/** How long and how often. Milliseconds. */
export interface WaitTimes {
  readonly waitMs: number;
  readonly intervalMs: number;
}

/**
 * Checks until all is well or the time is over, and writes the last report. The cluster is checked at least once, and
 * once more when the time is over; a check that has begun is not cut short. Meanwhile standard error says what is
 * waited for: on a terminal in one line that goes away, else in a line for each change.
 *
 * @returns the exit code of the last report
 * @throws the error of the last round, when that gave no report; what no waiting mends, at once
 */
export async function runWait(
  check: PreparedCheck,
  { waitMs, intervalMs }: WaitTimes,
  io: Io,
  pace: Pace,
): Promise<number> {
  const endMs = pace.nowMs() + waitMs;
  const tell = waitingLine(check, io, intervalMs);
  for (;;) {
    const round = await tryOnce(check, io.signal);
    const leftMs = endMs - pace.nowMs();
    if (leftMs <= 0 || isWell(check, round)) {
      tell.clear();
      if ('error' in round) throw round.error;
      await check.write(round.report);
      return check.exitCodeOf(round.report);
    }
    tell.show(round, leftMs);
    await pace.sleep(Math.min(intervalMs, leftMs), io.signal).finally(tell.clear);
  }
}

function isWell(check: PreparedCheck, round: Round): boolean {
  return 'report' in round && check.exitCodeOf(round.report) === EXIT.healthy;
}

interface WaitingLine {
  readonly show: (round: Round, leftMs: number) => void;
  readonly clear: () => void;
}

function waitingLine(check: PreparedCheck, io: Io, intervalMs: number): WaitingLine {
  const line = progressLine(io, () => performance.now());
  let told = '';
  return {
    show(round, leftMs) {
      const why = reasonOf(check, round);
      const text = `waiting: ${why}; checking every ${durationText(intervalMs)}, for ${durationText(leftMs)} more`;
      if (line.isShowing) line.say(text);
      else if (why !== told) io.stderr.write(`${text}\n`);
      told = why;
    },
    clear: line.clear,
  };
}

function reasonOf({ isFailure }: PreparedCheck, round: Round): string {
  if ('error' in round) return round.error.message.replace(/\.$/u, '');
  const { findings, verdicts } = round.report;
  const grave = findings.filter(isFailure).length;
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown').length;
  const parts = [
    ...(grave > 0 ? [counted(grave, 'finding')] : []),
    ...(unknown > 0 ? [counted(unknown, 'unknown verdict')] : []),
  ];
  return parts.length === 0 ? 'not everything could be checked' : listOf(parts);
}
