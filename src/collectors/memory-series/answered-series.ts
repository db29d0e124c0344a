// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint, MemorySeries } from '#model/memory-series.ts';
import type { WorkloadRef } from '#model/resources.ts';
import { workloadByName } from '#collectors/memory-series/workload-by-name.ts';
import type { AnsweredSeries } from '#sources/prometheus/answer.ts';

/** What a server answered about one container. */
export interface ContainerAnswers {
  readonly workingSet: AnsweredSeries;
  readonly peaks: AnsweredSeries | undefined;
  readonly restarts: AnsweredSeries | undefined;
  readonly starts: AnsweredSeries | undefined;
  readonly limits: AnsweredSeries | undefined;
  /** What the cluster says now of the limit, bytes: for one of which the server has none. Absent: none, or not known. */
  readonly declaredLimit: number | undefined;
}

type ValueAt = (atMs: number) => number | undefined;

/** Puts the answers about one container together; undefined when it has no name. */
export function seriesOf(
  answers: ContainerAnswers,
  workloads: ReadonlyMap<string, WorkloadRef> = new Map(),
): MemorySeries | undefined {
  const { namespace, pod, container, node, instance } = answers.workingSet.labels;
  if (namespace === undefined || pod === undefined || container === undefined) return undefined;
  const restarts = lastValue(answers.restarts) ?? changes(answers.starts);
  const limits = lastValue(answers.limits);
  const peaks = lastValue(answers.peaks);
  const points = answers.workingSet.points.map(([atMs, workingSetBytes]): MemoryPoint => {
    const restartCount = restarts?.(atMs);
    const limitBytes = limits === undefined ? answers.declaredLimit : limits(atMs);
    const peak = peaks?.(atMs);
    return {
      atMs,
      workingSetBytes,
      ...(peak !== undefined && { maxWorkingSetBytes: Math.max(peak, workingSetBytes) }),
      ...(restartCount !== undefined && { restartCount }),
      ...(limitBytes !== undefined && { limitBytes }),
    };
  });
  const place = node ?? instance;
  return {
    key: {
      namespace,
      workload: workloads.get(`${namespace}/${pod}`) ?? workloadByName(pod),
      pod,
      container,
      ...(place !== undefined && { node: place }),
    },
    points,
  };
}

/** The last value up to a time; for times that ascend. */
function lastValue(series: AnsweredSeries | undefined): ValueAt | undefined {
  if (series === undefined || series.points.length === 0) return undefined;
  let index = 0;
  return (atMs) => {
    while ((series.points[index + 1]?.[0] ?? Infinity) <= atMs) index += 1;
    const [at, value] = series.points[index] ?? [Infinity, 0];
    return at <= atMs ? value : undefined;
  };
}

/** How often a value changed until a time: starts of a container, where restarts are not counted. */
function changes(series: AnsweredSeries | undefined): ValueAt | undefined {
  if (series === undefined) return undefined;
  let count = 0;
  let last: number | undefined;
  const points = series.points.map(([atMs, value]) => {
    if (last !== undefined && last !== value) count += 1;
    last = value;
    return [atMs, count] as const;
  });
  return lastValue({ labels: series.labels, points });
}
