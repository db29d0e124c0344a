// SPDX-License-Identifier: Apache-2.0

import type { HealthFacts } from '#engine/health/health-facts.ts';
import { countText } from '#expected/short-text.ts';
import type { MemoryPoint, MemorySeries } from '#model/memory-series.ts';

const MIB = 2 ** 20;
const WEEK_MS = 7 * 24 * 3_600_000;
/** Fewer weeks show no direction. */
const LEAST_WEEKS = 2;

/** Memory by week, the oldest first, as one notes it by hand; or how much is missing to tell. Pure. */
export function weeklyMemory(
  series: readonly MemorySeries[],
  untilMs: number,
): HealthFacts['trend'] {
  const weeks = new Map<number, MemoryPoint[]>();
  for (const point of series.flatMap(({ points }) => points)) {
    const ago = Math.floor((untilMs - point.atMs) / WEEK_MS);
    const known = weeks.get(ago);
    if (known === undefined) weeks.set(ago, [point]);
    else known.push(point);
  }
  if (weeks.size < LEAST_WEEKS) {
    const have = weeks.size === 0 ? 'no measurement is kept' : 'one week is kept';
    return {
      why: `not enough data: ${have}, ${String(LEAST_WEEKS)} weeks are needed; selvage record keeps them`,
    };
  }
  const lines = [...weeks]
    .sort(([a], [b]) => b - a)
    .map(([ago, points]) => weekText(untilMs - (ago + 1) * WEEK_MS, points));
  return { lines };
}

function weekText(fromMs: number, points: readonly MemoryPoint[]): string {
  const values = points.map(({ workingSetBytes }) => workingSetBytes).sort((a, b) => a - b);
  const most = points.reduce(
    (greatest, { workingSetBytes, maxWorkingSetBytes = 0 }) =>
      Math.max(greatest, workingSetBytes, maxWorkingSetBytes),
    0,
  );
  const median = values[Math.floor(values.length / 2)] ?? 0;
  const text = (bytes: number): string => `${String(Math.round(bytes / MIB))}Mi`;
  const from = new Date(fromMs).toISOString().slice(0, 10);
  return `week from ${from}: median ${text(median)}, most ${text(most)}, ${countText(points.length, 'value')}`;
}
