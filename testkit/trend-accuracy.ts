// SPDX-License-Identifier: Apache-2.0

import { judgeMemory } from '#trends/judge-memory.ts';
import type { MemoryTrend } from '#trends/memory-trend.ts';

import { generatedSeries, type GeneratedSeries } from './generated-memory.ts';
import type { MemoryKind } from './memory-kinds.ts';
import { leastSquares, predictLinear } from './plain-forecasts.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
/** A leak's limit is reached within eight weeks: so far ahead the plain ways look. */
const AHEAD_MS = 8 * WEEK_MS;
/** Leaks that have to be found, MiB per week. */
const CLEAR_LEAK = 5;

/** Of how many series something holds. */
export interface Share {
  readonly held: number;
  readonly of: number;
}

/** How a number of series of one kind was judged. */
export interface KindAccuracy {
  readonly kind: MemoryKind;
  readonly right: Share;
  /** The verdict is the true one, of leaks of 5 MiB a week and more. */
  readonly clearRight: Share;
  /** Growth is told: `growing` or `sawtooth`. */
  readonly growth: Share;
  /** The plain ways say that it grows, or that the limit is reached within eight weeks. */
  readonly leastSquares: Share;
  readonly predictHour: Share;
  readonly predictWeek: Share;
  /** The interval of the time to the limit holds the true time, of those that have an interval. */
  readonly covered: Share;
  readonly coveredByLeastSquares: Share;
  /** Median width of the interval in days; of those that end. */
  readonly widthDays: number;
}

/** Options of a measurement. */
export interface AccuracyOptions {
  readonly count: number;
  readonly everyMinutes: number;
  /** Seed of the first series; each other has the next one. */
  readonly seed: number;
}

interface Judged {
  readonly series: GeneratedSeries;
  readonly trend: MemoryTrend;
  readonly plain: ReturnType<typeof leastSquares>;
  readonly predicted: readonly [hour: number, week: number];
}

/** Generates series of a kind and judges each in every way. */
export function measureKind(
  kind: MemoryKind,
  { count, everyMinutes, seed }: AccuracyOptions,
): KindAccuracy {
  const judged = Array.from({ length: count }, (_, i) =>
    judgedSeries(generatedSeries(kind, seed + i, { weeks: 8, everyMinutes })),
  );
  const share = (all: readonly Judged[], holds: (each: Judged) => boolean): Share => ({
    held: all.filter(holds).length,
    of: all.length,
  });
  const isRight = ({ series, trend }: Judged): boolean => trend.verdict === series.truth;
  const withLimit = judged.filter(
    ({ series, trend }) => series.daysToLimit !== undefined && trend.daysToLimit !== undefined,
  );
  const plain = judged.filter(
    ({ series, plain: { grows } }) => grows && series.daysToLimit !== undefined,
  );
  return {
    kind,
    right: share(judged, isRight),
    clearRight: share(
      judged.filter(({ series }) => series.perWeekMib >= CLEAR_LEAK),
      isRight,
    ),
    growth: share(judged, ({ trend: { verdict } }) => ['growing', 'sawtooth'].includes(verdict)),
    leastSquares: share(judged, (each) => each.plain.grows),
    predictHour: share(judged, (each) => each.predicted[0] >= each.series.limitBytes),
    predictWeek: share(judged, (each) => each.predicted[1] >= each.series.limitBytes),
    covered: share(withLimit, ({ series, trend }) =>
      isWithin(series.daysToLimit, [
        trend.daysToLimit?.lower ?? 0,
        trend.daysToLimit?.upper ?? Infinity,
      ]),
    ),
    coveredByLeastSquares: share(plain, (each) =>
      isWithin(each.series.daysToLimit, each.plain.interval ?? [0, 0]),
    ),
    widthDays: middle(
      withLimit.flatMap(({ trend: { daysToLimit } }) =>
        daysToLimit?.upper === undefined ? [] : [daysToLimit.upper - daysToLimit.lower],
      ),
    ),
  };
}

function judgedSeries(series: GeneratedSeries): Judged {
  const { limitBytes } = series;
  const points = series.points.map((point) => ({ ...point, limitBytes }));
  const workload = { kind: 'DaemonSet', name: 'generated' };
  const key = { namespace: 'generated', workload, pod: 'generated', container: 'generated' };
  return {
    series,
    trend: judgeMemory({ pods: [{ key, points }] }),
    plain: leastSquares(points, limitBytes),
    predicted: [predictLinear(points, HOUR_MS, AHEAD_MS), predictLinear(points, WEEK_MS, AHEAD_MS)],
  };
}

function isWithin(value = NaN, [lower, upper]: readonly [number, number]): boolean {
  return lower <= value && value <= upper;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
