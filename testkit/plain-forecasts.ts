// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint } from '#model/memory-series.ts';

const DAY_MS = 86_400_000;

/** A line through points by least squares, around their middle. */
interface Line {
  readonly middleMs: number;
  readonly level: number;
  /** Per millisecond. */
  readonly slope: number;
  /** Standard error of the slope, if points knew nothing of one another. */
  readonly slopeError: number;
  readonly levelError: number;
}

/**
 * What Prometheus' `predict_linear(x[window], ahead)` gives at the last point: least squares over the window
 * (prometheus@v3.5:promql/functions.go, funcPredictLinear and linearRegression).
 */
export function predictLinear(
  points: readonly MemoryPoint[],
  windowMs: number,
  aheadMs: number,
): number {
  const nowMs = points.at(-1)?.atMs ?? 0;
  const line = lineThrough(points.filter(({ atMs }) => atMs > nowMs - windowMs));
  return line.level + line.slope * (nowMs + aheadMs - line.middleMs);
}

/** What plain least squares says of all points. */
export interface PlainForecast {
  /** The usual test of the slope, one-sided at 1 %. */
  readonly grows: boolean;
  /** The usual 95 % interval of the time to a limit, days after the last point; absent without growth. */
  readonly interval?: readonly [lower: number, upper: number];
}

/** Least squares over all points, with the test and interval that textbooks give for independent noise. */
export function leastSquares(points: readonly MemoryPoint[], limitBytes: number): PlainForecast {
  const { middleMs, level, slope, slopeError, levelError } = lineThrough(points);
  const nowMs = points.at(-1)?.atMs ?? 0;
  if (slope / slopeError < 2.326) return { grows: false };
  const reached = (z: number): number => {
    for (let days = 0; days < 36_500; days += 0.05) {
      const x = nowMs + days * DAY_MS - middleMs;
      const error = Math.sqrt(levelError ** 2 + (slopeError * x) ** 2);
      if (level + slope * x + z * error >= limitBytes) return days;
    }
    return Infinity;
  };
  return { grows: true, interval: [reached(1.96), reached(-1.96)] };
}

function lineThrough(points: readonly MemoryPoint[]): Line {
  const count = points.length;
  const sum = (of: (point: MemoryPoint) => number): number =>
    points.reduce((all, point) => all + of(point), 0);
  const middleMs = sum(({ atMs }) => atMs) / count;
  const level = sum(({ workingSetBytes }) => workingSetBytes) / count;
  const squares = sum(({ atMs }) => (atMs - middleMs) ** 2);
  const slope =
    sum(({ atMs, workingSetBytes }) => (atMs - middleMs) * (workingSetBytes - level)) / squares;
  const left = sum(
    ({ atMs, workingSetBytes }) => (workingSetBytes - level - slope * (atMs - middleMs)) ** 2,
  );
  const variance = left / Math.max(1, count - 2);
  return {
    middleMs,
    level,
    slope,
    slopeError: Math.sqrt(variance / squares),
    levelError: Math.sqrt(variance / count),
  };
}
