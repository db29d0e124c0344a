// SPDX-License-Identifier: Apache-2.0

import type { Sample } from './sample.ts';

/** More would leave no information, and estimates of it are none. */
const MOST = 0.95;
/** Neighbours further apart than that, in multiples of the usual distance, are none. */
const GAP = 1.5;

/**
 * Correlation of the ranks of neighbouring residuals, 0 to 0.95. Residuals around fitted lines look less correlated
 * than the noise is, by about (2 + 4ρ)/n for one line (Kendall, Note on bias in the estimation of autocorrelation,
 * Biometrika 41 (1954) 403–404, with a slope fitted beside the mean): that is added back.
 *
 * @param residuals groups of residuals around a line each, all of one slope
 */
export function autocorrelation(residuals: readonly (readonly Sample[])[]): number {
  const all = residuals.flat();
  const count = all.length;
  const ranked = ranks(all.map(({ y }) => y));
  const distance = usualDistance(residuals);
  let index = 0;
  let products = 0;
  let neighbours = 0;
  let squares = 0;
  for (const group of residuals) {
    for (const [i, { x }] of group.entries()) {
      const rank = ranked[index] ?? 0;
      squares += rank * rank;
      const next = group[i + 1];
      if (next !== undefined && next.x - x <= GAP * distance) {
        products += rank * (ranked[index + 1] ?? 0);
        neighbours += 1;
      }
      index += 1;
    }
  }
  if (squares === 0 || neighbours === 0) return 0;
  const seen = products / neighbours / (squares / count);
  const used = residuals.length + 1;
  const corrected = (neighbours * seen + used) / Math.max(1, neighbours - 4);
  return Math.min(MOST, Math.max(0, corrected));
}

/**
 * By how much the variance of Kendall's S is greater when the noise is an AR(1) process: Hamed and Rao, A modified
 * Mann–Kendall trend test for autocorrelated data, Journal of Hydrology 204 (1998) 182–196, formula 13, with ρ^k for
 * the correlation at lag k (as Yue and Wang, Water Resources Management 18 (2004) 201–218, have it), because single
 * correlations of some dozens of days are mostly noise.
 */
export function varianceInflation(count: number, rho: number): number {
  if (count < 3 || rho === 0) return 1;
  let sum = 0;
  let power = rho;
  for (let k = 1; k < count - 2 && power > 1e-6; k += 1) {
    sum += (count - k) * (count - k - 1) * (count - k - 2) * power;
    power *= rho;
  }
  return 1 + (2 * sum) / (count * (count - 1) * (count - 2));
}

function usualDistance(groups: readonly (readonly Sample[])[]): number {
  const distances = groups.flatMap((group) =>
    group.slice(1).map(({ x }, i) => x - (group[i]?.x ?? x)),
  );
  return Float64Array.from(distances).sort()[distances.length >> 1] ?? 0;
}

/** Ranks around 0; equal values share the mean of theirs. */
function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    const rank = (from + to - 1) / 2 - (values.length - 1) / 2;
    for (const index of order.slice(from, to)) ranked[index] = rank;
  }
  return ranked;
}
