// SPDX-License-Identifier: Apache-2.0

const BARS = Array.from('▁▂▃▄▅▆▇█');
const ASCII_BARS = Array.from('_.-=+*#@');

/** Values that differ by less than this part of the greatest are drawn as equal: noise is no growth. */
const LEAST_RANGE = 0.05;

/**
 * A small curve of values, one character each, from the least to the greatest of them; a gap where one is not known.
 */
export function sparkline(values: readonly (number | undefined)[], unicode: boolean): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return '';
  const bars = unicode ? BARS : ASCII_BARS;
  const least = Math.min(...known);
  const greatest = Math.max(...known);
  const range = Math.max(greatest - least, greatest * LEAST_RANGE);
  return values
    .map((value) => {
      if (value === undefined) return ' ';
      const height = range === 0 ? 0 : (value - least) / range;
      return bars[Math.min(bars.length - 1, Math.floor(height * bars.length))] ?? '';
    })
    .join('');
}
