// SPDX-License-Identifier: Apache-2.0

import type { PlainRow } from './container-rows.ts';
import { given } from './amounts.ts';
import type { Imbalance } from './top-report.ts';

/**
 * The rule: of at least three nodes that are measured, one is out of balance when its use of what is allocatable is
 * more than 3.5 robust deviations from the median, and at least 15 points. A robust deviation is 1.4826 times the
 * median absolute deviation, and not less than 2 points, for nodes that are all but equal have next to none
 * (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, for the 3.5). Its pods explain it when their number,
 * in proportion to what is allocatable, is off to the same side by at least half as much as its use is.
 */
const MIN_NODES = 3;
const MAX_DEVIATIONS = 3.5;
const TO_SIGMA = 1.4826;
const LEAST_DEVIATION = 0.02;
const LEAST_DIFFERENCE = 0.15;
const EXPLAINED_PART = 0.5;

/** {@link MAX_DEVIATIONS} and its companions, in words. */
export const IMBALANCE_RULE: string =
  'A node is out of balance when its use of what is allocatable is more than 3.5 robust deviations (1.4826 x median ' +
  'absolute deviation, at least 2 points) and at least 15 points off the median of all nodes, of which there have to be three.';

interface Measured {
  readonly row: PlainRow;
  readonly ratio: number;
}

/** The nodes that use far more or less of what they have than the others, by memory and by CPU. */
export function imbalancesOf(rows: readonly PlainRow[]): readonly Imbalance[] {
  return (['memory', 'cpu'] as const).flatMap((resource) => {
    const measured = rows.flatMap((row) => {
      const { ratio } = row[resource];
      return ratio === undefined ? [] : [{ row, ratio }];
    });
    return measured.length < MIN_NODES ? [] : outliersOf(measured, resource);
  });
}

function outliersOf(
  measured: readonly Measured[],
  resource: 'memory' | 'cpu',
): readonly Imbalance[] {
  const medianRatio = medianOf(measured.map(({ ratio }) => ratio));
  const spread = medianOf(measured.map(({ ratio }) => Math.abs(ratio - medianRatio)));
  const deviation = Math.max(LEAST_DEVIATION, TO_SIGMA * spread);
  const densities = measured.flatMap(({ row }) => densityOf(row, resource) ?? []);
  return measured.flatMap(({ row, ratio }) => {
    const difference = ratio - medianRatio;
    const deviations = difference / deviation;
    if (Math.abs(deviations) <= MAX_DEVIATIONS || Math.abs(difference) < LEAST_DIFFERENCE)
      return [];
    const density = densityOf(row, resource);
    return [
      given({
        node: row.name,
        resource,
        ratio,
        medianRatio,
        deviations,
        byPods:
          density !== undefined &&
          explains(density / medianOf(densities) - 1, difference / medianRatio),
        pods: row.pods,
        medianPods: medianPodsOf(measured),
      }),
    ];
  });
}

/** Pods per unit of what is allocatable; undefined when one of them is not known. */
function densityOf({ pods, ...row }: PlainRow, resource: 'memory' | 'cpu'): number | undefined {
  const { allocatable = 0 } = row[resource];
  return pods === undefined || allocatable <= 0 ? undefined : pods / allocatable;
}

/** Both are parts of the median: of the pods, and of the use. */
function explains(podsOff: number, useOff: number): boolean {
  return Number.isFinite(podsOff) && podsOff / useOff >= EXPLAINED_PART;
}

function medianPodsOf(measured: readonly Measured[]): number | undefined {
  const pods = measured.flatMap(({ row }) => row.pods ?? []);
  return pods.length === 0 ? undefined : medianOf(pods);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
