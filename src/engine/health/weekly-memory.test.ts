// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { weeklyMemory } from '#engine/health/weekly-memory.ts';
import type { MemorySeries } from '#model/memory-series.ts';

const UNTIL = Date.parse('2026-11-24T12:00:00Z');
const DAY_MS = 86_400_000;
const MIB = 2 ** 20;

function seriesOf(
  ...points: readonly (readonly [daysAgo: number, mebibytes: number])[]
): MemorySeries {
  return {
    key: {
      namespace: 'kube-flannel',
      workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
      pod: 'kube-flannel-ds-a',
      container: 'kube-flannel',
    },
    points: points.map(([daysAgo, mebibytes]) => ({
      atMs: UNTIL - daysAgo * DAY_MS,
      workingSetBytes: mebibytes * MIB,
    })),
  };
}

describe('memory by week', () => {
  it('is a line for each week that was measured, the oldest first', () => {
    const series = seriesOf([20, 50], [15, 60], [14.5, 70], [1, 200]);

    expect(weeklyMemory([series], UNTIL)).toEqual({
      lines: [
        'week from 2026-11-03: median 60Mi, most 70Mi, 3 values',
        'week from 2026-11-17: median 200Mi, most 200Mi, 1 value',
      ],
    });
  });

  it.each([
    ['nothing', [], 'no measurement is kept'],
    ['one week', [seriesOf([1, 50])], 'one week is kept'],
  ])('says how much is missing with %s', (_what, series, why) => {
    expect(weeklyMemory(series, UNTIL)).toEqual({ why: expect.stringContaining(why) as string });
  });
});
