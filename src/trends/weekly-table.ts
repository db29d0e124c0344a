// SPDX-License-Identifier: Apache-2.0

import type { MemorySeries } from '#model/memory-series.ts';

import { DAY_MS, median } from './memory-windows.ts';

/** One week of a container, as one would note it by hand. */
export interface MemoryWeek {
  readonly fromMs: number;
  /** Median of the week; absent when nothing was measured. */
  readonly medianBytes?: number;
  readonly maxBytes?: number;
  /** How many measurements, or means of an hour or day where history was thinned out. */
  readonly measured: number;
  readonly restarts: number;
}

/** Weeks counted back from `untilMs`, the oldest first; the first may be one that was begun before measuring was. */
export function weeklyTable(
  pods: readonly Pick<MemorySeries, 'points'>[],
  restartsAtMs: readonly number[],
  untilMs: number,
): readonly MemoryWeek[] {
  const weekMs = 7 * DAY_MS;
  const firstMs = Math.min(untilMs, ...pods.flatMap(({ points }) => points[0]?.atMs ?? []));
  const count = Math.max(1, Math.ceil((untilMs - firstMs) / weekMs));
  const values = Array.from({ length: count }, (): number[] => []);
  const most = new Array<number>(count).fill(0);
  const weekOf = (atMs: number): number =>
    count - 1 - Math.min(count - 1, Math.max(0, Math.ceil((untilMs - atMs) / weekMs) - 1));
  for (const { points } of pods) {
    for (const { atMs, workingSetBytes, maxWorkingSetBytes = 0 } of points) {
      const week = weekOf(atMs);
      values[week]?.push(workingSetBytes);
      most[week] = Math.max(most[week] ?? 0, workingSetBytes, maxWorkingSetBytes);
    }
  }
  return values.map((measured, week) => ({
    fromMs: untilMs - (count - week) * weekMs,
    ...(measured.length > 0 && { medianBytes: median(measured), maxBytes: most[week] ?? 0 }),
    measured: measured.length,
    restarts: restartsAtMs.filter((atMs) => weekOf(atMs) === week).length,
  }));
}
