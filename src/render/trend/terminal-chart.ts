// SPDX-License-Identifier: Apache-2.0

import type { TrendPicture } from '#trends/trend-report.ts';

import { sizeText } from './trend-words.ts';

const ROWS = 4;
const GUTTER = 10;
/** Dots of a braille sign from its lowest row up, left and right (Unicode block 2800). */
const DOTS = [
  [0x40, 0x80],
  [0x04, 0x20],
  [0x02, 0x10],
  [0x01, 0x08],
] as const;

/** A series drawn in signs, with its greatest and least value beside it and its restarts below. */
export function terminalChart(
  { values, restarts }: TrendPicture,
  { width, unicode }: { readonly width: number; readonly unicode: boolean },
): readonly string[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const most = Math.max(...known);
  const least = Math.min(...known);
  const columns = Math.max(10, Math.min(width - GUTTER - 2, unicode ? 60 : 60));
  const across = unicode ? columns * 2 : columns;
  const down = unicode ? ROWS * 4 : ROWS;
  const heights = Array.from({ length: across }, (_, column) => {
    const value = values[Math.floor((column * values.length) / across)] ?? null;
    if (value === null) return -1;
    return most === least ? 0 : Math.round(((value - least) / (most - least)) * (down - 1));
  });
  const rows = unicode ? braille(heights, columns) : stars(heights, columns);
  const labels = [sizeText(most), '', '', sizeText(least)];
  const lines = rows.map((row, i) => `${(labels[i] ?? '').padStart(GUTTER)} ${row.trimEnd()}`);
  return [...lines, ...restartLine(restarts, values.length, columns)].map((line) => line.trimEnd());
}

function braille(heights: readonly number[], columns: number): readonly string[] {
  return Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: columns }, (__, column) => {
      const lowest = (ROWS - 1 - row) * 4;
      let sign = 0;
      for (const side of [0, 1] as const) {
        const height = heights[column * 2 + side] ?? -1;
        if (height >= lowest && height < lowest + 4) sign |= DOTS[height - lowest]?.[side] ?? 0;
      }
      return sign === 0 ? ' ' : String.fromCodePoint(0x2800 + sign);
    }).join(''),
  );
}

function stars(heights: readonly number[], columns: number): readonly string[] {
  return Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: columns }, (__, column) =>
      heights[column] === ROWS - 1 - row ? '*' : ' ',
    ).join(''),
  );
}

function restartLine(
  restarts: readonly number[],
  count: number,
  columns: number,
): readonly string[] {
  if (restarts.length === 0) return [];
  const marks = new Set(restarts.map((column) => Math.floor((column * columns) / count)));
  const line = Array.from({ length: columns }, (_, i) => (marks.has(i) ? '^' : ' ')).join('');
  return [`${'restarts'.padStart(GUTTER)} ${line}`];
}
