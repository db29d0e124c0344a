// SPDX-License-Identifier: Apache-2.0

import type { MemorySeries } from '#model/memory-series.ts';

/**
 * Pods that followed one another in one place: on a node for a DaemonSet, in the place of one that ended for a
 * Deployment. A leak that a restart hides goes on in the next pod, under another name.
 */
export interface Lineage {
  readonly pods: readonly [MemorySeries, ...MemorySeries[]];
}

/** Joins series of the same workload and container where one pod came after another. */
export function lineages(all: readonly MemorySeries[]): readonly Lineage[] {
  const groups = new Map<string, MemorySeries[]>();
  for (const series of all) {
    if (series.points.length === 0) continue;
    const key = placeOf(series);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [series]);
    else group.push(series);
  }
  return [...groups.values()].flatMap(chained);
}

function placeOf({ key }: MemorySeries): string {
  const { namespace, workload, container, node = '', pod } = key;
  const place = [namespace, workload.kind, workload.name, container];
  if (workload.kind === 'DaemonSet') return [...place, node].join('\n');
  return (workload.kind === 'Deployment' ? place : [...place, pod]).join('\n');
}

/** Each pod goes behind the one that ended last before it began. */
function chained(group: readonly MemorySeries[]): readonly Lineage[] {
  const begin = ({ points }: MemorySeries): number => points[0]?.atMs ?? 0;
  const end = ({ points }: MemorySeries): number => points.at(-1)?.atMs ?? 0;
  const chains: [MemorySeries, ...MemorySeries[]][] = [];
  for (const series of [...group].sort((a, b) => begin(a) - begin(b))) {
    let nearest: [MemorySeries, ...MemorySeries[]] | undefined;
    let nearestEnd = -Infinity;
    for (const chain of chains) {
      const ended = end(chain.at(-1) ?? chain[0]);
      if (ended <= begin(series) && ended > nearestEnd) {
        nearest = chain;
        nearestEnd = ended;
      }
    }
    if (nearest === undefined) chains.push([series]);
    else nearest.push(series);
  }
  return chains.map((pods) => ({ pods }));
}
