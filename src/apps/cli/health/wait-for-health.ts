// SPDX-License-Identifier: Apache-2.0

import { gravest, verdictLine } from '#render/health/verdict-line.ts';
import { printableText } from '#render/terminal/printable-text.ts';
import type { HealthReport } from '#report/health-report.ts';
import { isSourceError, type SourceError } from '#sources/source-error.ts';

import type { Pace } from '../check/pace.ts';
import { durationText } from '../flag-values.ts';
import type { Io } from '../io.ts';

/** Milliseconds between two looks: each runs commands on every node and sends packets over every pair. */
const INTERVAL_MS = 10_000;

/** One look that can be taken again and again. */
export interface RepeatedLook {
  readonly look: () => Promise<HealthReport>;
  readonly isWell: (report: HealthReport) => boolean;
}

/**
 * Looks until all is well or the time is over, and returns the last report. Looks once more when the time is over. An
 * API server that cannot be reached is waited for: after a restart it comes back last.
 *
 * @throws the error of the last look, when that gave no report; what no waiting mends, at once
 */
export async function waitForHealth(
  { look, isWell }: RepeatedLook,
  waitMs: number,
  { io, pace }: { readonly io: Io; readonly pace: Pace },
): Promise<HealthReport> {
  const endMs = pace.nowMs() + waitMs;
  let told = '';
  for (;;) {
    const outcome = await look().catch((error: unknown) => transient(error, io));
    const leftMs = endMs - pace.nowMs();
    const isReport = 'items' in outcome;
    if (isReport && (leftMs <= 0 || isWell(outcome))) return outcome;
    if (!isReport && leftMs <= 0) throw outcome;
    const why = isReport ? whatIsLeft(outcome) : outcome.message;
    if (why !== told) {
      io.stderr.write(`waiting: ${printableText(why)}; for ${durationText(leftMs)} more\n`);
    }
    told = why;
    await pace.sleep(Math.min(INTERVAL_MS, leftMs), io.signal);
  }
}

/** What is not well yet, without what differs from look to look. */
function whatIsLeft(report: HealthReport): string {
  const state = gravest(report.items);
  const items = report.items.filter((item) => item.state === state);
  return state === 'well'
    ? verdictLine(report)
    : items.map(({ title, summary }) => `${title}: ${summary}`).join('; ');
}

const OF_THE_KUBECONFIG = [
  'no-kubeconfig',
  'kubeconfig-not-found',
  'invalid-kubeconfig',
  'unknown-context',
] as const;

/** A failure that may be over at the next try. @throws what no waiting mends */
function transient(error: unknown, { signal }: Io): SourceError {
  signal.throwIfAborted();
  if (!isSourceError(error) || isSourceError(error, ...OF_THE_KUBECONFIG)) throw error;
  return error;
}
