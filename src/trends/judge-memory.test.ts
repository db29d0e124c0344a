// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { MemorySeries } from '#model/memory-series.ts';

import { memorySeries, type SeriesOptions } from '../../testkit/memory-series-builder.ts';
import { judgeMemory } from './judge-memory.ts';
import type { MemoryTrend } from './memory-trend.ts';

const DAY = 24;
const WEEK = 7 * DAY;
const MIB = 1024 * 1024;

/** Noise of some MiB that is the same each time. */
function ripple(hour: number): number {
  return 2 * Math.sin(hour * 12.9898) + 1.5 * Math.sin(hour * 78.233);
}

function judged(options: SeriesOptions): MemoryTrend {
  return judgeMemory({ pods: [memorySeries(options)] });
}

describe('the judgement on memory', () => {
  it('calls noise around a level stable, and says which growth would not show', () => {
    const trend = judged({ hours: 4 * WEEK, mib: (hour) => 100 + ripple(hour) });

    expect(trend.verdict).toBe('stable');
    expect((trend.perWeek?.upper ?? NaN) / MIB).toBeLessThan(2);
    expect(trend.daysToLimit).toBeUndefined();
  });

  it('calls memory that never changes stable', () => {
    const trend = judged({ hours: 4 * WEEK, mib: () => 64 });

    expect(trend.verdict).toBe('stable');
    expect(trend.perWeek).toEqual({ value: 0, lower: 0, upper: 0 });
  });

  it('calls no rhythm of the day a leak, also when measuring ends at its top', () => {
    const trend = judged({
      hours: 2 * WEEK + 12,
      mib: (hour) => 100 - 40 * Math.cos((hour / DAY) * 2 * Math.PI) + ripple(hour),
    });

    expect(trend.verdict).toBe('stable');
  });

  it('finds a leak, and when its level is at the limit', () => {
    const trend = judged({
      hours: 4 * WEEK,
      mib: (hour) => 100 + (10 * hour) / WEEK + ripple(hour),
      limitMib: 160,
    });

    expect(trend.verdict).toBe('growing');
    expect((trend.perWeek?.value ?? 0) / MIB).toBeCloseTo(10, 0);
    expect(trend.daysToLimit?.value).toBeGreaterThan(12);
    expect(trend.daysToLimit?.value).toBeLessThan(16);
    expect(trend.daysToLimit?.lower).toBeLessThan(14);
    expect(trend.daysToLimit?.upper).toBeGreaterThan(14);
    expect(trend.daysToLimit?.peak).toBeLessThan(trend.daysToLimit?.value ?? 0);
  });

  it('says nothing of a limit that it does not know', () => {
    const trend = judged({ hours: 4 * WEEK, mib: (hour) => 100 + (10 * hour) / WEEK });

    expect(trend.verdict).toBe('growing');
    expect(trend.daysToLimit).toBeUndefined();
  });

  it('says that the limit is reached now when the level is above it', () => {
    const trend = judged({
      hours: 4 * WEEK,
      mib: (hour) => 100 + (10 * hour) / WEEK,
      limitMib: 120,
    });

    expect(trend.daysToLimit).toEqual({ value: 0, lower: 0, upper: 0, peak: 0 });
  });

  it('sees a leak through restarts that are counted', () => {
    const life = 6 * DAY;
    const trend = judged({
      hours: 5 * life + 2 * DAY,
      mib: (hour) => 50 + (20 * (hour % life)) / DAY + ripple(hour),
      restarts: (hour) => Math.floor(hour / life),
      limitMib: 200,
    });

    expect(trend.verdict).toBe('sawtooth');
    expect(trend.segments).toHaveLength(6);
    expect((trend.perWeek?.value ?? 0) / MIB).toBeCloseTo(140, -1);
    expect(trend.daysToLimit?.value).toBeGreaterThan(4);
    expect(trend.daysToLimit?.value).toBeLessThan(7);
  });

  it('sees a leak through restarts that nobody counts, by their falls', () => {
    const life = 6 * DAY;
    const trend = judged({
      hours: 5 * life + 2 * DAY,
      mib: (hour) => 50 + (20 * (hour % life)) / DAY + ripple(hour),
    });

    expect(trend.verdict).toBe('sawtooth');
    expect(trend.segments.map(({ beginsBy }) => beginsBy)).toEqual([
      'first',
      ...new Array<string>(5).fill('fall'),
    ]);
  });

  it('promises no time to the limit for a life that has just begun', () => {
    const life = 6 * DAY;
    const trend = judged({
      hours: 5 * life + 3,
      mib: (hour) => 50 + (20 * (hour % life)) / DAY + ripple(hour),
      restarts: (hour) => Math.floor(hour / life),
      limitMib: 200,
    });

    expect(trend.verdict).toBe('sawtooth');
    expect(trend.daysToLimit).toBeUndefined();
    expect(trend.levelBytes).toBeUndefined();
  });

  it('calls restarts without growth between them stable', () => {
    const trend = judged({
      hours: 6 * WEEK,
      mib: (hour) => 100 + ripple(hour),
      restarts: (hour) => Math.floor(hour / WEEK),
    });

    expect(trend.verdict).toBe('stable');
    expect(trend.segments).toHaveLength(6);
  });

  it('tells a step from a leak, and when it was', () => {
    const trend = judged({
      hours: 6 * WEEK,
      mib: (hour) => (hour < 3 * WEEK ? 100 : 160) + ripple(hour),
    });

    expect(trend.verdict).toBe('step');
    expect((trend.step?.atMs ?? 0) / 3_600_000 / WEEK).toBeCloseTo(3, 0);
    expect((trend.step?.beforeBytes ?? 0) / MIB).toBeCloseTo(100, 0);
    expect((trend.step?.afterBytes ?? 0) / MIB).toBeCloseTo(160, 0);
  });

  it('finds a leak that began with a step', () => {
    const trend = judged({
      hours: 8 * WEEK,
      mib: (hour) => (hour < 4 * WEEK ? 100 : 300 + (10 * (hour - 4 * WEEK)) / WEEK) + ripple(hour),
    });

    expect(trend.verdict).toBe('growing');
    expect(trend.step).toBeDefined();
    expect((trend.perWeek?.value ?? 0) / MIB).toBeCloseTo(10, 0);
  });

  it('calls what fills up after a start stable', () => {
    const trend = judged({
      hours: 8 * WEEK,
      mib: (hour) => 200 * (1 - 0.5 * Math.exp(-hour / (2 * DAY))) + ripple(hour),
    });

    expect(trend.verdict).toBe('stable');
  });

  it('does not take missing weeks for anything', () => {
    const missing = (hour: number): boolean => hour >= 2 * WEEK && hour < 5 * WEEK;

    const stable = judged({
      hours: 8 * WEEK,
      mib: (hour) => 100 + ripple(hour),
      isMissing: missing,
    });
    const leak = judged({
      hours: 8 * WEEK,
      mib: (hour) => 100 + (5 * hour) / WEEK + ripple(hour),
      isMissing: missing,
    });

    expect(stable.verdict).toBe('stable');
    expect(leak.verdict).toBe('growing');
    expect(leak.measuredDays).toBe(35);
  });

  it('says how many days are missing when there are too few', () => {
    const trend = judged({ hours: 5 * DAY, mib: (hour) => 100 + hour });

    expect(trend.verdict).toBe('not-enough-data');
    expect(trend.missingDays).toBe(9);
    expect(trend.perWeek).toBeUndefined();
  });

  it('says nothing is known of no measurement at all but one', () => {
    const trend = judged({ hours: 1, mib: () => 100 });

    expect(trend.verdict).toBe('not-enough-data');
    expect(trend.levelBytes).toBeUndefined();
  });

  it('sees through the pods that followed one another on a node', () => {
    const pod = (index: number): MemorySeries =>
      memorySeries({
        key: { pod: `kube-flannel-ds-${String(index)}` },
        fromHour: index * WEEK,
        hours: WEEK - 1,
        mib: (hour) => 50 + (20 * hour) / DAY + ripple(hour),
      });

    const trend = judgeMemory({ pods: [pod(0), pod(1), pod(2), pod(3), pod(4)] });

    expect(trend.verdict).toBe('sawtooth');
    expect(trend.segments.at(-1)?.beginsBy).toBe('new-pod');
  });
});
