// SPDX-License-Identifier: Apache-2.0

import { printableText } from '#render/terminal/printable-text.ts';
import type { Report } from '#report/report.ts';

import { describeFailure } from '../error-text.ts';
import type { Io } from '../io.ts';
import { changeOf, type Judgement, type JudgementChange, judgementOf } from './judgement.ts';
import type { OutputFormat } from './output-formats.ts';
import type { Pace } from './pace.ts';
import { type PreparedCheck, type Round, tryOnce } from './round.ts';

/** Forms that can be written one after the other. */
export const WATCH_FORMATS: readonly OutputFormat[] = ['table', 'wide', 'short', 'json'];

/** How often, and in which form. */
export interface WatchOptions {
  readonly intervalMs: number;
  readonly output: OutputFormat;
}

/** Changes told one by one; the report below has all. */
const MAX_TOLD = 10;

/**
 * Checks until it is interrupted, and writes a report whenever the judgement is another than before: a finding or an
 * unknown verdict came or went, or the nodes are others. A round that fails is told on standard error, once for as
 * long as it fails in the same way. Nothing is kept but what the last report came to.
 *
 * @throws the Interruption; what no waiting mends
 */
export async function runWatch(
  check: PreparedCheck,
  { intervalMs, output }: WatchOptions,
  io: Io,
  pace: Pace,
): Promise<never> {
  const write = changesWriter(check, output, io);
  const tell = failureTeller(io);
  for (;;) {
    const round = await tryOnce(check, io.signal);
    tell(round);
    if ('report' in round) await write(round.report);
    await pace.sleep(intervalMs, io.signal);
  }
}

/** Writes the first report, and those that judge in another way than the one before. */
function changesWriter(
  check: PreparedCheck,
  output: OutputFormat,
  { stdout }: Io,
): (report: Report) => Promise<void> {
  let before: Judgement | undefined;
  return async (report) => {
    const judgement = judgementOf(report);
    const change = before && changeOf(before, judgement);
    before = judgement;
    if (change?.appeared.length === 0 && change.vanished.length === 0) return;
    if (output !== 'json') stdout.write(headOf(report, change, output === 'short'));
    await check.write(report);
  };
}

/** Tells a failure when it begins, when it is another one, and when it is over. */
function failureTeller(io: Io): (round: Round) => void {
  let told = '';
  return (round) => {
    const text = 'error' in round ? describeFailure(round.error, io).text : '';
    if (text === told) return;
    told = text;
    const now = instant(new Date().toISOString());
    io.stderr.write(text === '' ? `${now} The cluster can be read again.\n` : `${now} ${text}`);
  };
}

/** Time and changes, above a report for a person. */
function headOf(
  { finishedAt }: Report,
  change: JudgementChange | undefined,
  isShort: boolean,
): string {
  const mark = isShort ? '# ' : '';
  if (change === undefined) return `${mark}${instant(finishedAt)}\n`;
  const { appeared, vanished } = change;
  const lines = [
    `${mark}${instant(finishedAt)}: ${String(appeared.length)} appeared, ${String(vanished.length)} vanished`,
    ...told(appeared, `${mark}+`),
    ...told(vanished, `${mark}-`),
  ];
  return `${isShort ? '' : '\n'}${lines.join('\n')}\n`;
}

function told(texts: readonly string[], mark: string): readonly string[] {
  const rest = texts.length - MAX_TOLD;
  return [
    ...texts.slice(0, MAX_TOLD).map((text) => `${mark} ${printableText(text, false)}`),
    ...(rest > 0 ? [`${mark} ... and ${String(rest)} more`] : []),
  ];
}

/** `2026-01-01 10:00:00 UTC` of an ISO-8601 instant. */
function instant(iso: string): string {
  return iso.replace('T', ' ').replace(/(?:\.\d+)?Z$/u, ' UTC');
}
