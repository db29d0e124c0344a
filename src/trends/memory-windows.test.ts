// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { DAY_MS, median, memoryWindows } from './memory-windows.ts';

const HOUR_MS = 3_600_000;

function hourly(
  hours: number,
  value: (hour: number) => number = (hour) => hour,
): Parameters<typeof memoryWindows>[0] {
  return Array.from({ length: hours }, (_, hour) => ({
    atMs: hour * HOUR_MS,
    workingSetBytes: value(hour),
  }));
}

describe('windows', () => {
  it('are whole days from the first point on, with their median and peak', () => {
    const windows = memoryWindows(hourly(48), DAY_MS);

    expect(windows).toEqual([
      { atMs: 12 * HOUR_MS, medianBytes: 11.5, maxBytes: 23 },
      { atMs: 36 * HOUR_MS, medianBytes: 35.5, maxBytes: 47 },
    ]);
  });

  it('leave out a day of which more than a quarter was not measured', () => {
    expect(memoryWindows(hourly(24 + 17), DAY_MS)).toHaveLength(1);
    expect(memoryWindows(hourly(24 + 20), DAY_MS)).toHaveLength(2);
  });

  it('take one point a day for a day', () => {
    const points = [0, 1, 2, 3].map((day) => ({ atMs: day * DAY_MS, workingSetBytes: 100 + day }));

    expect(memoryWindows(points, DAY_MS).map(({ medianBytes }) => medianBytes)).toEqual([
      100, 101, 102, 103,
    ]);
  });

  it('take the peak that was kept when history was thinned out', () => {
    const points = hourly(24, () => 10).map((point) => ({ ...point, maxWorkingSetBytes: 15 }));

    expect(memoryWindows(points, DAY_MS)[0]?.maxBytes).toBe(15);
  });

  it('are none of no points', () => {
    expect(memoryWindows([], DAY_MS)).toEqual([]);
    expect(median([])).toBe(0);
  });
});
