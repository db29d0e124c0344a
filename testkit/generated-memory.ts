// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint } from '#model/memory-series.ts';
import type { TrendVerdict } from '#trends/memory-trend.ts';

import { MEMORY_KINDS, type MemoryKind, MIB } from './memory-kinds.ts';
import { seededNoise } from './seeded-noise.ts';

const DAY_MS = 86_400_000;

/** A series of which it is known how it came to be. */
export interface GeneratedSeries {
  readonly points: readonly MemoryPoint[];
  readonly truth: TrendVerdict;
  /** Growth within a life, MiB per week. */
  readonly perWeekMib: number;
  readonly limitBytes: number;
  /** Days after the last point until the level without rhythm and noise is at the limit; with leaks only. */
  readonly daysToLimit?: number;
}

/** How long series are, and how often they were measured. */
export interface GeneratedOptions {
  readonly weeks: number;
  readonly everyMinutes: number;
}

/** Makes one series of a kind, the same for the same seed. A leak reaches its limit one to eight weeks after the end. */
export function generatedSeries(
  kind: MemoryKind,
  seed: number,
  { weeks, everyMinutes }: GeneratedOptions = { weeks: 8, everyMinutes: 5 },
): GeneratedSeries {
  const random = seededNoise(seed);
  const days = weeks * 7;
  const stepDays = everyMinutes / 1440;
  const recipe = MEMORY_KINDS[kind](random, { days, stepDays });
  const points: MemoryPoint[] = [];
  let restartCount = 0;
  let restartedAt = 0;
  let level = 0;
  for (let day = 0; day < days; day += stepDays) {
    if (recipe.restarts(day, recipe.level(day, day - restartedAt))) {
      restartCount += 1;
      restartedAt = day;
    }
    level = recipe.level(day, day - restartedAt);
    const value = level + recipe.rhythm(day) + recipe.noise();
    if (recipe.isMissing(day)) continue;
    points.push({
      atMs: Math.round(day * DAY_MS),
      workingSetBytes: Math.round(Math.max(1, value) * MIB),
      ...(recipe.countsRestarts && { restartCount }),
    });
  }
  const { truth, perWeekMib } = recipe;
  const headroom = perWeekMib > 0 ? perWeekMib * random.between(1, 8) : random.between(5, 400);
  return {
    points,
    truth,
    perWeekMib,
    limitBytes: (level + headroom) * MIB,
    ...(truth === 'growing' && { daysToLimit: (headroom / perWeekMib) * 7 }),
  };
}
