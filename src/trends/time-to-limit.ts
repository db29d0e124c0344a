// SPDX-License-Identifier: Apache-2.0

import type { GroupedTrend } from './grouped-trend.ts';
import { Z_95 } from './normal-distribution.ts';
import type { Sample } from './sample.ts';

/** When a level that grows reaches a limit, in days from now; 0 when it is there already. */
export interface TimeToLimit {
  readonly days: number;
  /** The soonest of the 95 % interval. */
  readonly lower: number;
  /** The latest; absent where the interval has no end. */
  readonly upper?: number;
}

/** More is a way to say never: a hundred years. */
const LONGEST_DAYS = 36_525;

/**
 * When the trend line of the last group reaches a limit. The interval holds all times at which the limit lies within
 * the 95 % band of the line, which takes the errors of both level and slope into account (Fieller, Some problems in
 * interval estimation, Journal of the Royal Statistical Society B 16 (1954) 175–185).
 *
 * @param now place of the last measurement, in the days of the samples
 * @returns undefined when the line does not reach the limit in a hundred years
 */
export function timeToLimit(
  groups: readonly (readonly Sample[])[],
  trend: GroupedTrend,
  limit: number,
  now: number,
): TimeToLimit | undefined {
  const last = groups.at(-1) ?? [];
  const center = last.reduce((sum, { x }) => sum + x, 0) / Math.max(1, last.length);
  const level = (trend.levels.at(-1) ?? 0) + trend.slope * center;
  const slopeError = (trend.upper - trend.lower) / (2 * Z_95);
  const levelError = errorOfLevel(groups, trend, last.length);
  const line = (x: number, z: number): number =>
    level +
    trend.slope * (x - center) +
    z * Math.sqrt(levelError ** 2 + (slopeError * (x - center)) ** 2);
  const days = crossing((x) => line(now + x, 0), limit);
  const lower = crossing((x) => line(now + x, Z_95), limit);
  if (days === undefined || lower === undefined) return undefined;
  const upper = crossing((x) => line(now + x, -Z_95), limit);
  return { days, lower, ...(upper !== undefined && { upper }) };
}

/** Standard error of the last group's level: that of a median of autocorrelated samples. */
function errorOfLevel(
  groups: readonly (readonly Sample[])[],
  { slope, levels, autocorrelation }: GroupedTrend,
  count: number,
): number {
  const residuals = groups.flatMap((group, i) =>
    group.map(({ x, y }) => y - slope * x - (levels[i] ?? 0)),
  );
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  const variance = squares / Math.max(1, residuals.length - groups.length - 1);
  const inflation = (1 + autocorrelation) / (1 - autocorrelation);
  return Math.sqrt(((Math.PI / 2) * variance * inflation) / Math.max(1, count));
}

/** The first time in days at which a line is at a limit; it bends at most once. */
function crossing(line: (days: number) => number, limit: number): number | undefined {
  if (line(0) >= limit) return 0;
  let upper = 1;
  while (line(upper) < limit) {
    upper *= 2;
    if (upper > LONGEST_DAYS) return undefined;
  }
  let lower = upper / 2;
  for (let step = 0; step < 50; step += 1) {
    const middle = (lower + upper) / 2;
    if (line(middle) < limit) lower = middle;
    else upper = middle;
  }
  return upper;
}
