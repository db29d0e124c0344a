// SPDX-License-Identifier: Apache-2.0

import { autocorrelation, varianceInflation } from './autocorrelation.ts';
import { median, medianOfSorted } from './memory-windows.ts';
import { normalTail, Z_95 } from './normal-distribution.ts';
import type { Sample } from './sample.ts';

/** What all groups of samples share in slope. Each group has a level of its own. */
export interface GroupedTrend {
  /** Theil–Sen: the median of the slopes of all pairs within a group, per day. */
  readonly slope: number;
  /** 95 % confidence interval of the slope; infinite when there are too few pairs for one. */
  readonly lower: number;
  readonly upper: number;
  /** Probability of as much growth without any trend: Mann–Kendall, one-sided, corrected for autocorrelation. */
  readonly pGrowth: number;
  /** Autocorrelation of neighbouring samples around the trend, 0 to 0.95. */
  readonly autocorrelation: number;
  /** What each group lies around: the median of its samples less the slope, at x = 0. */
  readonly levels: readonly number[];
}

/**
 * Trend of several groups of samples with one slope.
 *
 * - Slope: Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968) 1379–1389. Pairs within
 *   groups only, sums of S and of its variance: Hirsch, Slack and Smith, Techniques of trend analysis for monthly water
 *   quality data, Water Resources Research 18 (1982) 107–121.
 * - Correction for autocorrelation: {@link varianceInflation}.
 *
 * Needs the square of the number of samples: give it no more than some hundreds.
 */
export function groupedTrend(groups: readonly (readonly Sample[])[]): GroupedTrend {
  const { slopes, s } = pairs(groups);
  const slope = medianOfSorted(slopes);
  const levels = groups.map((group) => median(group.map(({ x, y }) => y - slope * x)));
  const residuals = groups.map((group, index) =>
    group.map(({ x, y }) => ({ x, y: y - slope * x - (levels[index] ?? 0) })),
  );
  const rho = autocorrelation(residuals);
  const deviation = Math.sqrt(variance(groups, rho));
  const z = deviation === 0 ? 0 : (s - Math.sign(s)) / deviation;
  const halfRank = (Z_95 * deviation) / 2;
  const at = (rank: number): number | undefined => slopes[Math.round(rank)];
  return {
    slope,
    lower: at(slopes.length / 2 - halfRank - 1) ?? -Infinity,
    upper: at(slopes.length / 2 + halfRank) ?? Infinity,
    pGrowth: normalTail(z),
    autocorrelation: rho,
    levels,
  };
}

function pairs(groups: readonly (readonly Sample[])[]): {
  readonly slopes: Float64Array;
  readonly s: number;
} {
  const count = groups.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const slopes = new Float64Array(count);
  let next = 0;
  let s = 0;
  for (const group of groups) {
    for (const [index, { x, y }] of group.entries()) {
      for (let later = index + 1; later < group.length; later += 1) {
        const other = group[later] ?? { x, y };
        slopes[next] = (other.y - y) / (other.x - x);
        s += Math.sign(other.y - y);
        next += 1;
      }
    }
  }
  return { slopes: slopes.sort(), s };
}

/** Variance of S without a trend: Kendall, Rank Correlation Methods (1975), with ties, and corrected. */
function variance(groups: readonly (readonly Sample[])[], rho: number): number {
  return groups.reduce((sum, group) => {
    const n = group.length;
    const term = (m: number): number => m * (m - 1) * (2 * m + 5);
    const ties = new Map<number, number>();
    for (const { y } of group) ties.set(y, (ties.get(y) ?? 0) + 1);
    const tied = [...ties.values()].reduce((all, size) => all + term(size), 0);
    return sum + ((term(n) - tied) / 18) * varianceInflation(n, rho);
  }, 0);
}
