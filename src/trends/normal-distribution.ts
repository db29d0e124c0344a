// SPDX-License-Identifier: Apache-2.0

/** 97.5th percentile of the normal distribution: half of a 95 % interval. */
export const Z_95: number = 1.959964;

/**
 * Probability that a standard normal value is greater than `z`. Abramowitz and Stegun, Handbook of Mathematical
 * Functions (1964), formula 26.2.17; its error is less than 7.5e-8.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, (series * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
}
