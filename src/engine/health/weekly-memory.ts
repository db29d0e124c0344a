// SPDX-License-Identifier: Apache-2.0

import type { HealthTrend } from '#engine/health/health-facts.ts';
import { countText } from '#expected/short-text.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import { type MemoryWeek, weeklyTable } from '#trends/weekly-table.ts';

const MIB = 2 ** 20;
/** Fewer weeks show no direction. */
export const LEAST_WEEKS = 2;

/** Memory by week, the oldest first, as one notes it by hand; or how much is missing to tell. Pure. */
export function weeklyMemory(series: readonly MemorySeries[], untilMs: number): HealthTrend {
  const weeks = weeklyTable(series, [], untilMs).filter(({ measured }) => measured > 0);
  if (weeks.length < LEAST_WEEKS) return { why: tooFewWeeks(weeks.length) };
  return { lines: weeks.map(weekText) };
}

/** Why less than {@link LEAST_WEEKS} weeks tell nothing, and what to do. */
export function tooFewWeeks(weeks: number): string {
  const have = weeks === 0 ? 'no measurement is kept' : 'one week is kept';
  return `not enough data: ${have}, ${String(LEAST_WEEKS)} weeks are needed; selvage record keeps them`;
}

function weekText({ fromMs, medianBytes = 0, maxBytes = 0, measured }: MemoryWeek): string {
  const text = (bytes: number): string => `${String(Math.round(bytes / MIB))}Mi`;
  const from = new Date(fromMs).toISOString().slice(0, 10);
  return `week from ${from}: median ${text(medianBytes)}, most ${text(maxBytes)}, ${countText(measured, 'value')}`;
}
