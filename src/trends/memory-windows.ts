// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint } from '#model/memory-series.ts';

/** One day, or several, of a container's life as one value: a daily rhythm is the same in each of them. */
export interface MemoryWindow {
  /** Middle of the window, milliseconds since 1970. */
  readonly atMs: number;
  /** Median of the working set, bytes. */
  readonly medianBytes: number;
  /** The most that was seen in it, bytes. */
  readonly maxBytes: number;
}

/** Milliseconds of a day. */
export const DAY_MS: number = 86_400_000;

/** What of a window has to be covered by measurements for it to count: what is left of a day has a rhythm. */
const LEAST_COVERED = 0.75;

/**
 * Sums up points in windows that are counted from the first point on, so that each holds whole days. A window that is
 * not covered for three quarters is left out. A point covers the time to its nearer neighbour, a day at most: a series
 * of one point a day has windows too.
 *
 * @param points in order of time
 * @param windowMs a whole number of days
 */
export function memoryWindows(
  points: readonly MemoryPoint[],
  windowMs: number,
): readonly MemoryWindow[] {
  const startMs = points[0]?.atMs ?? 0;
  const windows: MemoryWindow[] = [];
  let from = 0;
  while (from < points.length) {
    const index = Math.floor(((points[from]?.atMs ?? 0) - startMs) / windowMs);
    const endMs = startMs + (index + 1) * windowMs;
    let to = from;
    while (to < points.length && (points[to]?.atMs ?? 0) < endMs) to += 1;
    if (coveredMs(points, from, to) >= LEAST_COVERED * windowMs) {
      windows.push(windowOf(points.slice(from, to), endMs - windowMs / 2));
    }
    from = to;
  }
  return windows;
}

function coveredMs(points: readonly MemoryPoint[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) {
    const at = points[i]?.atMs ?? 0;
    const before = at - (points[i - 1]?.atMs ?? -Infinity);
    const after = (points[i + 1]?.atMs ?? Infinity) - at;
    sum += Math.min(before, after, DAY_MS);
  }
  return sum;
}

function windowOf(points: readonly MemoryPoint[], atMs: number): MemoryWindow {
  const values = new Float64Array(points.length);
  let maxBytes = 0;
  for (const [index, { workingSetBytes, maxWorkingSetBytes = 0 }] of points.entries()) {
    values[index] = workingSetBytes;
    maxBytes = Math.max(maxBytes, workingSetBytes, maxWorkingSetBytes);
  }
  return { atMs, medianBytes: medianOfSorted(values.sort()), maxBytes };
}

/** Median of values in ascending order; 0 of none. */
export function medianOfSorted(values: Float64Array): number {
  const middle = values.length >> 1;
  const upper = values[middle] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? upper) + upper) / 2;
}

/** Median of values in any order; 0 of none. */
export function median(values: Iterable<number>): number {
  return medianOfSorted(Float64Array.from(values).sort());
}
