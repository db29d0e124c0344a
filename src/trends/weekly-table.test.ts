// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { memorySeries } from '../../testkit/memory-series-builder.ts';
import { weeklyTable } from './weekly-table.ts';

const WEEK = 168;
const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;

describe('the weekly table', () => {
  it('is what one would note by hand: 50, 100, 200, 500', () => {
    const notes = [50, 100, 200, 500];
    const series = memorySeries({
      hours: 4 * WEEK,
      mib: (hour) => notes[Math.min(3, Math.floor(hour / WEEK))] ?? 50,
    });

    const weeks = weeklyTable([series], [WEEK * 2.5 * HOUR_MS], 4 * WEEK * HOUR_MS);

    expect(weeks.map(({ medianBytes }) => (medianBytes ?? 0) / MIB)).toEqual(notes);
    expect(weeks.map(({ restarts }) => restarts)).toEqual([0, 0, 1, 0]);
    expect(weeks[0]?.fromMs).toBe(0);
  });

  it('says of a week without a measurement that there was none', () => {
    const series = memorySeries({
      hours: 3 * WEEK,
      mib: () => 50,
      isMissing: (hour) => hour >= WEEK && hour < 2 * WEEK,
    });

    const weeks = weeklyTable([series], [], 3 * WEEK * HOUR_MS);

    expect(weeks.map(({ medianBytes }) => medianBytes !== undefined)).toEqual([true, false, true]);
    expect(weeks[1]?.measured).toBe(0);
  });

  it('begins with the pod that was measured first, whichever comes first', () => {
    const early = memorySeries({ hours: WEEK, mib: () => 50 });
    const late = memorySeries({
      hours: 3 * WEEK,
      mib: () => 90,
      isMissing: (hour) => hour < 2 * WEEK,
    });

    const weeks = weeklyTable([late, early], [], 3 * WEEK * HOUR_MS);

    expect(weeks.map(({ medianBytes = 0 }) => medianBytes / MIB)).toEqual([50, 0, 90]);
  });
});
