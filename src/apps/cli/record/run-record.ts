// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import type { Measurements } from '#engine/read-measurements.ts';
import { HistoryError } from '#history/history-error.ts';
import { HistoryStore } from '#history/history-store.ts';
import { isSourceError } from '#sources/source-error.ts';

import { type Pace, REAL_PACE } from '../check/pace.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { describeFailure } from '../error-text.ts';
import { EXIT } from '../exit-code.ts';
import { durationText } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { type RecordedRound, roundJson, roundText } from './round-text.ts';

/** What `selvage record` was asked for. Milliseconds. */
export interface RecordFlags extends ConnectionFlags {
  /** Absent: one round. */
  readonly every?: number;
  /** Absent: until interrupted. */
  readonly for?: number;
  readonly output: 'table' | 'json';
}

/** What recording needs of the outside. */
export interface RecordServices {
  /** Reads the cluster once. Rejects with a SourceError when it cannot be read. */
  readonly read: (connection: ConnectionFlags, signal: AbortSignal) => Promise<Measurements>;
}

/** Longest pause after failures, unless rounds are further apart anyway. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * `selvage record`: reads what containers use and keeps it, once, or until the time is over. A round that fails is
 * told and tried again later, with longer pauses while it goes on failing.
 *
 * @throws UsageError; what no waiting mends; the Interruption; with one round all that fails
 */
export async function runRecord(
  flags: RecordFlags,
  io: Io,
  services: RecordServices,
  pace: Pace = REAL_PACE,
): Promise<number> {
  const { every, for: lastingMs = Number.POSITIVE_INFINITY } = flags;
  if (every === undefined) {
    if (flags.for !== undefined) {
      throw new UsageError(
        'The flag --for says when to end, and this is one round.',
        'Add --every 5m, or drop it.',
      );
    }
    return codeOf(tell(await recordRound(flags, io, services), flags, io));
  }
  const endMs = pace.nowMs() + lastingMs;
  let failures = 0;
  for (;;) {
    const beginMs = pace.nowMs();
    const round = await tryRound(flags, io, services);
    failures = round?.isKept === true ? 0 : failures + 1;
    const nextMs = beginMs + pauseAfter(every, failures);
    if (nextMs >= endMs) return codeOf(round);
    if (failures > 0) tellNext(nextMs - pace.nowMs(), io);
    await pace.sleep(Math.max(0, nextMs - pace.nowMs()), io.signal);
  }
}

/** Twice as long for each failure in a row, up to five minutes or the time between rounds. */
function pauseAfter(everyMs: number, failures: number): number {
  return Math.max(everyMs, Math.min(everyMs * 2 ** failures, LONGEST_PAUSE_MS));
}

function codeOf(round: RecordedRound | undefined): number {
  return round?.isKept === true ? EXIT.healthy : EXIT.notEnough;
}

async function recordRound(
  flags: RecordFlags,
  { env, signal }: Io,
  { read }: RecordServices,
): Promise<RecordedRound> {
  const { picture, cluster } = await read(flags, signal);
  signal.throwIfAborted();
  const store = HistoryStore.open(stateFile(env, cluster, 'history'));
  try {
    const stored = store.addSamples(Date.parse(picture.readAt), picture);
    return { picture, stored, isKept: stored.why === undefined, file: store.file };
  } finally {
    store.close();
  }
}

/** One round among many; undefined when it failed, which is told. @throws what no waiting mends */
async function tryRound(
  flags: RecordFlags,
  io: Io,
  services: RecordServices,
): Promise<RecordedRound | undefined> {
  try {
    return tell(await recordRound(flags, io, services), flags, io);
  } catch (error) {
    io.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    io.stderr.write(`${new Date().toISOString()} ${describeFailure(error, io).text}`);
    return undefined;
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof HistoryError) return ['full', 'busy', 'read-only'].includes(error.code);
  return isSourceError(error) && !isSourceError(error, ...OF_THE_KUBECONFIG);
}

const OF_THE_KUBECONFIG = [
  'no-kubeconfig',
  'kubeconfig-not-found',
  'invalid-kubeconfig',
  'unknown-context',
] as const;

function tell(round: RecordedRound, { output }: RecordFlags, io: Io): RecordedRound {
  const stream = round.isKept || output === 'json' ? io.stdout : io.stderr;
  stream.write(`${output === 'json' ? roundJson(round) : roundText(round)}\n`);
  return round;
}

function tellNext(ms: number, { stderr }: Io): void {
  stderr.write(`Trying again in ${durationText(ms)}.\n`);
}
