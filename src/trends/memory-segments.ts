// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint } from '#model/memory-series.ts';

import { median } from './memory-windows.ts';

/**
 * What began a stretch of a series: the first measurement, a restart that was counted, a fall as only a restart makes
 * it where restarts are not counted, or another pod in the place of the one before.
 */
export type SegmentBeginning = 'first' | 'restart' | 'fall' | 'new-pod';

/** Measurements of one life of a container. */
export interface MemorySegment {
  readonly beginsBy: SegmentBeginning;
  /** In order of time; never empty. */
  readonly points: readonly MemoryPoint[];
}

/** Points on each side whose medians tell a fall from a dip. */
const AROUND = 6;
/** What a fall leaves at most of the level before. */
const FALL_TO = 0.7;

/** Cuts a series where its container was started anew. */
export function memorySegments(
  points: readonly MemoryPoint[],
  first: SegmentBeginning = 'first',
): readonly MemorySegment[] {
  const segments: MemorySegment[] = [];
  let from = 0;
  let beginsBy = first;
  for (let i = 1; i < points.length; i += 1) {
    const cut = cutBefore(points, from, i);
    if (cut === undefined) continue;
    segments.push({ beginsBy, points: points.slice(from, i) });
    from = i;
    beginsBy = cut;
  }
  if (points.length > 0) segments.push({ beginsBy, points: points.slice(from) });
  return segments;
}

function cutBefore(
  points: readonly MemoryPoint[],
  from: number,
  index: number,
): SegmentBeginning | undefined {
  const before = points[index - 1]?.restartCount;
  const after = points[index]?.restartCount;
  // A count that goes down is that of a pod of the same name that was made anew.
  if (before !== undefined && after !== undefined) return before === after ? undefined : 'restart';
  return isFall(points, from, index) ? 'fall' : undefined;
}

function isFall(points: readonly MemoryPoint[], from: number, index: number): boolean {
  const here = points[index]?.workingSetBytes ?? 0;
  const previous = points[index - 1]?.workingSetBytes ?? 0;
  if (here >= FALL_TO * previous || index + AROUND > points.length) return false;
  const level = (a: number, b: number): number =>
    median(points.slice(a, b).map(({ workingSetBytes }) => workingSetBytes));
  const left = Math.max(from, index - AROUND);
  return level(index, index + AROUND) < FALL_TO * level(left, index);
}
