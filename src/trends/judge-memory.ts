// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint } from '#model/memory-series.ts';

import { type GroupedTrend, groupedTrend } from './grouped-trend.ts';
import { type LevelStep, levelStep } from './level-step.ts';
import type { Lineage } from './lineages.ts';
import { memorySegments, type MemorySegment } from './memory-segments.ts';
import type { MemoryTrend, TrendVerdict } from './memory-trend.ts';
import { DAY_MS, median, memoryWindows, type MemoryWindow } from './memory-windows.ts';
import type { Sample } from './sample.ts';
import { timeToLimit, type TimeToLimit } from './time-to-limit.ts';

/** Measured days that a judgement needs; growth that is plain may be told after {@link LEAST_FOR_GROWTH}. */
const LEAST_DAYS = 14;
const LEAST_FOR_GROWTH = 8;
/**
 * Growth is told when chance alone makes as much in one of a thousand series, or in one of forty and it is more than
 * five standard deviations of what is left around the line: noise that remembers days lets the test say no more.
 */
const ALPHA = 0.001;
const ALPHA_OF_PLAIN = 0.025;
const PLAIN_DEVIATIONS = 5;
/** A life as long as that is judged without its first window, in which it filled up. */
const WARMED_UP_AFTER = 5;
/** Growth that is too slow to matter: half a mebibyte a week, or a thousandth of the level. */
const LEAST_PER_WEEK_BYTES = 512 * 1024;
const LEAST_PER_WEEK_RATIO = 0.001;
/** A step is told from this score on, and when it is more than a tenth of the level. */
const LEAST_STEP_SCORE = 6;
const LEAST_STEP_RATIO = 0.1;
/** A change that takes more than some days is none: what fills up after a start looks like one. */
const LEAST_ABRUPTNESS = 0.5;
/** A step explains what growth would when it leaves less than this part of what growth leaves. */
const STEP_OVER_GROWTH = 0.9;
/** More windows cost their square and add nothing. */
const MOST_WINDOWS = 400;

interface Life {
  readonly segment: MemorySegment;
  readonly windows: readonly MemoryWindow[];
}

/** What the windows of some lives come to. */
interface Judgement {
  readonly verdict: TrendVerdict;
  readonly groups: readonly (readonly Sample[])[];
  readonly trend: GroupedTrend;
  readonly step?: LevelStep & { readonly atDay: number };
  readonly levelledOff?: true;
}

/** Judges the memory of one container, whose pods followed one another. */
export function judgeMemory({ pods }: Lineage): MemoryTrend {
  const segments = pods.flatMap(({ points }, index) =>
    memorySegments(points, index === 0 ? 'first' : 'new-pod'),
  );
  const all = pods.flatMap(({ points }) => points);
  const fromMs = all[0]?.atMs ?? 0;
  const toMs = all.at(-1)?.atMs ?? 0;
  const windowDays = Math.max(1, Math.ceil((toMs - fromMs) / DAY_MS / MOST_WINDOWS));
  const lives = segments.map((segment) => ({
    segment,
    windows: memoryWindows(segment.points, windowDays * DAY_MS),
  }));
  const measuredDays = windowDays * lives.reduce((sum, { windows }) => sum + windows.length, 0);
  const base = {
    fromMs,
    toMs,
    measuredDays,
    segments: segments.map(({ beginsBy, points }) => ({
      beginsBy,
      fromMs: points[0]?.atMs ?? 0,
      toMs: points.at(-1)?.atMs ?? 0,
    })),
    maxBytes: maxOf(all),
    ...limitOf(all),
  };
  const samples = lives
    .map(({ windows }) =>
      windows
        .slice(windows.length < WARMED_UP_AFTER ? 0 : 1)
        .map(({ atMs, medianBytes }) => ({ x: (atMs - fromMs) / DAY_MS, y: medianBytes })),
    )
    .filter(({ length }) => length > 0);
  if (measuredDays < LEAST_FOR_GROWTH) {
    return { ...base, verdict: 'not-enough-data', missingDays: LEAST_DAYS - measuredDays };
  }
  const judgement = judge(samples, measuredDays);
  return { ...base, ...told(judgement, lives, base) };
}

function judge(groups: readonly (readonly Sample[])[], days: number): Judgement {
  const trend = groupedTrend(groups);
  const isGrowing = grows(groups, trend);
  const step = days < LEAST_DAYS ? undefined : plainStep(groups.flat());
  if (step !== undefined && (!isGrowing || explainsMore(step, groups, trend))) {
    return judgeAfter(step, groups);
  }
  if (!isGrowing) {
    return { verdict: days < LEAST_DAYS ? 'not-enough-data' : 'stable', groups, trend };
  }
  if (hasLevelledOff(groups, trend)) return { verdict: 'stable', groups, trend, levelledOff: true };
  return { verdict: fellBack(groups) ? 'sawtooth' : 'growing', groups, trend };
}

/** What follows a step decides: it may grow from there on. */
function judgeAfter(step: LevelStep, groups: readonly (readonly Sample[])[]): Judgement {
  const at = { ...step, atDay: groups.flat()[step.index]?.x ?? 0 };
  const rest = from(groups, at.atDay);
  const after = judge(rest, count(rest));
  const verdict = isGrowth(after.verdict) ? after.verdict : 'step';
  return { ...after, verdict, step: after.step ?? at };
}

function isGrowth(verdict: TrendVerdict): boolean {
  return verdict === 'growing' || verdict === 'sawtooth';
}

function grows(groups: readonly (readonly Sample[])[], trend: GroupedTrend): boolean {
  const level = median(groups.flat().map(({ y }) => y));
  const least = Math.max(LEAST_PER_WEEK_BYTES, LEAST_PER_WEEK_RATIO * level) / 7;
  if (trend.lower <= 0 || trend.slope < least) return false;
  return trend.pGrowth < ALPHA || (trend.pGrowth < ALPHA_OF_PLAIN && isPlain(groups, trend));
}

function isPlain(groups: readonly (readonly Sample[])[], trend: GroupedTrend): boolean {
  const longest = Math.max(...groups.map((group) => (group.at(-1)?.x ?? 0) - (group[0]?.x ?? 0)));
  const deviation = Math.sqrt(squaresLeft(groups, trend) / count(groups));
  return trend.slope * longest > PLAIN_DEVIATIONS * deviation;
}

function plainStep(samples: readonly Sample[]): LevelStep | undefined {
  const step = levelStep(samples);
  if (step === undefined || step.score < LEAST_STEP_SCORE) return undefined;
  if (step.abruptness < LEAST_ABRUPTNESS) return undefined;
  const change = Math.abs(step.after - step.before);
  return change >= LEAST_STEP_RATIO * Math.min(step.before, step.after) ? step : undefined;
}

function explainsMore(
  step: LevelStep,
  groups: readonly (readonly Sample[])[],
  trend: GroupedTrend,
): boolean {
  return step.squares < STEP_OVER_GROWTH * squaresLeft(groups, trend);
}

/** Sum of the squares of what is left around the lines. */
function squaresLeft(
  groups: readonly (readonly Sample[])[],
  { slope, levels }: GroupedTrend,
): number {
  return groups.reduce(
    (sum, group, i) =>
      sum + group.reduce((all, { x, y }) => all + (y - slope * x - (levels[i] ?? 0)) ** 2, 0),
    0,
  );
}

/** Whether the later half shows that growth is over: it is at most half of what it was. */
function hasLevelledOff(groups: readonly (readonly Sample[])[], trend: GroupedTrend): boolean {
  const days = groups.flat().map(({ x }) => x);
  const later = from(groups, median(days));
  if (count(later) < LEAST_DAYS) return false;
  return groupedTrend(later).upper < trend.slope / 2;
}

/** Whether a life began well below where the one before it ended. */
function fellBack(groups: readonly (readonly Sample[])[]): boolean {
  return groups.slice(1).some((group, i) => (group[0]?.y ?? 0) < (groups[i]?.at(-1)?.y ?? 0));
}

function from(groups: readonly (readonly Sample[])[], day: number): readonly (readonly Sample[])[] {
  return groups
    .map((group) => group.filter(({ x }) => x >= day))
    .filter(({ length }) => length > 0);
}

function count(groups: readonly (readonly Sample[])[]): number {
  return groups.reduce((sum, { length }) => sum + length, 0);
}

function maxOf(points: readonly MemoryPoint[]): number {
  return points.reduce(
    (most, { workingSetBytes, maxWorkingSetBytes }) =>
      Math.max(most, workingSetBytes, maxWorkingSetBytes ?? 0),
    0,
  );
}

function limitOf(points: readonly MemoryPoint[]): Pick<MemoryTrend, 'limitBytes'> {
  const limitBytes = points.at(-1)?.limitBytes;
  return limitBytes === undefined ? {} : { limitBytes };
}

/** The judgement in the terms of the report. */
function told(
  judgement: Judgement,
  lives: readonly Life[],
  base: Pick<MemoryTrend, 'fromMs' | 'toMs' | 'measuredDays' | 'limitBytes'>,
): Omit<MemoryTrend, 'fromMs' | 'toMs' | 'measuredDays' | 'segments' | 'maxBytes'> {
  const { verdict, trend, step, levelledOff } = judgement;
  const { fromMs, measuredDays } = base;
  return {
    verdict,
    pGrowth: trend.pGrowth,
    ...levels(judgement, lives, base),
    ...(Number.isFinite(trend.upper - trend.lower) && {
      perWeek: { value: trend.slope * 7, lower: trend.lower * 7, upper: trend.upper * 7 },
    }),
    ...(verdict === 'not-enough-data' && { missingDays: LEAST_DAYS - measuredDays }),
    ...(step !== undefined && {
      step: {
        atMs: fromMs + (step.atDay - 0.5) * DAY_MS,
        beforeBytes: step.before,
        afterBytes: step.after,
      },
    }),
    ...(levelledOff && { levelledOff }),
  };
}

/** Level and peak at the end, and when they reach the limit. */
function levels(
  { verdict, groups, trend }: Judgement,
  lives: readonly Life[],
  { fromMs, toMs, limitBytes }: Pick<MemoryTrend, 'fromMs' | 'toMs' | 'limitBytes'>,
): Pick<MemoryTrend, 'levelBytes' | 'peakAboveBytes' | 'daysToLimit'> {
  const windows = lives.flatMap((life) => life.windows);
  const peakAboveBytes = median(windows.map((window) => window.maxBytes - window.medianBytes));
  // A life that began today has no level yet: when it reaches the limit is not known.
  if (lives.at(-1)?.windows.length === 0) return { peakAboveBytes };
  const end = (toMs - fromMs) / DAY_MS;
  if (!isGrowth(verdict)) {
    const levelBytes = median((groups.at(-1) ?? []).slice(-7).map(({ y }) => y));
    return { levelBytes, peakAboveBytes };
  }
  const levelBytes = (trend.levels.at(-1) ?? 0) + trend.slope * end;
  if (limitBytes === undefined) return { levelBytes, peakAboveBytes };
  const reached = (limit: number): TimeToLimit | undefined =>
    timeToLimit(groups, trend, limit, end);
  return { levelBytes, peakAboveBytes, ...toLimit(limitBytes, peakAboveBytes, reached) };
}

function toLimit(
  limitBytes: number,
  peakAboveBytes: number,
  reached: (limit: number) => TimeToLimit | undefined,
): Pick<MemoryTrend, 'daysToLimit'> {
  const level = reached(limitBytes);
  const peak = reached(limitBytes - peakAboveBytes);
  if (level === undefined || peak === undefined) return {};
  const { days, ...interval } = level;
  return { daysToLimit: { value: days, ...interval, peak: peak.days } };
}
