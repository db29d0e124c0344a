// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { groupedTrend } from './grouped-trend.ts';
import { normalTail } from './normal-distribution.ts';
import type { Sample } from './sample.ts';

function samples(values: readonly number[]): readonly Sample[] {
  return values.map((y, x) => ({ x, y }));
}

describe('the trend of groups', () => {
  it('is the median of the slopes of all pairs', () => {
    // Slopes 1, 1, 1, 3, 4, 7.
    const { slope } = groupedTrend([samples([0, 1, 2, 9])]);

    expect(slope).toBeCloseTo(2, 10);
  });

  it('takes pairs within a group only', () => {
    const { slope, levels } = groupedTrend([samples([0, 1, 2, 3, 4]), samples([100, 101, 102])]);

    expect(slope).toBe(1);
    expect(levels).toEqual([0, 100]);
  });

  it('comes to the p-value of the textbook where nothing is correlated', () => {
    // S = 28 of 28 pairs, variance 8·7·21/18 = 65.33, z = 27/8.083.
    const { pGrowth } = groupedTrend([samples([1, 2, 3, 4, 5, 6, 7, 8])]);

    expect(pGrowth).toBeLessThan(0.01);
    expect(pGrowth).toBeGreaterThanOrEqual(normalTail(3.3405) - 1e-6);
  });

  it('believes the same growth less when its noise remembers', () => {
    const noise = (keeps: number): readonly number[] => {
      let value = 0;
      let state = 7;
      return Array.from({ length: 60 }, (_, i) => {
        state = (state * 16_807) % 2_147_483_647;
        value = keeps * value + (state / 2_147_483_647 - 0.5);
        return value + 0.02 * i;
      });
    };

    const forgets = groupedTrend([samples(noise(0))]);
    const remembers = groupedTrend([samples(noise(0.9))]);

    expect(remembers.autocorrelation).toBeGreaterThan(forgets.autocorrelation);
    expect(remembers.upper - remembers.lower).toBeGreaterThan(forgets.upper - forgets.lower);
  });

  it('has no interval of two samples', () => {
    const { lower, upper } = groupedTrend([samples([1, 2])]);

    expect([lower, upper]).toEqual([-Infinity, Infinity]);
  });

  it('lies within its own interval, and turns with its samples', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 40 }),
        (values) => {
          const up = groupedTrend([samples(values)]);
          const down = groupedTrend([samples(values.map((value) => -value))]);

          expect(up.lower).toBeLessThanOrEqual(up.slope);
          expect(up.upper).toBeGreaterThanOrEqual(up.slope);
          expect(down.slope).toBeCloseTo(-up.slope, 9);
        },
      ),
    );
  });
});

describe('the tail of the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1.6448536, 0.05],
    [1.959964, 0.025],
    [3.0902323, 0.001],
    [-1.6448536, 0.95],
  ])('is at %d %d', (z, p) => {
    expect(normalTail(z)).toBeCloseTo(p, 6);
  });
});
