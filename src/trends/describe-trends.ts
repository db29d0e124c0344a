// SPDX-License-Identifier: Apache-2.0

import type { MemorySeries } from '#model/memory-series.ts';

import { adviseMemory, type FlannelRun } from './advise-memory.ts';
import { judgeMemory } from './judge-memory.ts';
import { KNOWN_FAULTS_AS_OF } from './known-faults.ts';
import { type Lineage, lineages } from './lineages.ts';
import type { MemoryTrend, TrendVerdict } from './memory-trend.ts';
import { median } from './memory-windows.ts';
import type { ContainerTrend, TrendPicture, TrendReport } from './trend-report.ts';
import { weeklyTable } from './weekly-table.ts';

/** What is known of the measurements as a whole. */
export interface TrendContext extends Pick<
  TrendReport,
  'origin' | 'through' | 'fromMs' | 'toMs' | 'stepMs' | 'notes'
> {
  /** What runs in a container that is flannel's; undefined for any other. */
  readonly flannelOf: (series: MemorySeries) => FlannelRun | undefined;
}

/** Columns of a picture. */
const COLUMNS = 120;

/** Judges every container of which there are measurements. */
export function describeTrends(
  series: readonly MemorySeries[],
  { flannelOf, ...context }: TrendContext,
): TrendReport {
  const containers = lineages(series).map((lineage) => containerTrend(lineage, flannelOf));
  return {
    schemaVersion: 1,
    ...context,
    knownFaultsAsOf: KNOWN_FAULTS_AS_OF,
    containers: containers.sort(byUrgency),
  };
}

function containerTrend(lineage: Lineage, flannelOf: TrendContext['flannelOf']): ContainerTrend {
  const { pods } = lineage;
  const last = pods.at(-1) ?? pods[0];
  const { namespace, workload, container, pod, node } = last.key;
  const flannel = flannelOf(last);
  const trend = judgeMemory(lineage);
  const restartsAtMs = trend.segments.slice(1).map(({ fromMs }) => fromMs);
  return {
    namespace,
    workload,
    container,
    pod,
    ...(node !== undefined && { node }),
    pods: pods.length,
    ...(flannel?.version !== undefined && { flannelVersion: flannel.version }),
    trend,
    actions: adviseMemory(trend, flannel),
    weeks: weeklyTable(pods, restartsAtMs, trend.toMs),
    picture: pictureOf(lineage, trend),
  };
}

function pictureOf({ pods }: Lineage, { fromMs, toMs, segments }: MemoryTrend): TrendPicture {
  const columnOf = (atMs: number): number =>
    Math.min(COLUMNS - 1, Math.floor(((atMs - fromMs) / Math.max(1, toMs - fromMs)) * COLUMNS));
  const columns = Array.from({ length: COLUMNS }, (): number[] => []);
  for (const { points } of pods) {
    for (const { atMs, workingSetBytes } of points) columns[columnOf(atMs)]?.push(workingSetBytes);
  }
  return {
    values: columns.map((values) => (values.length === 0 ? null : Math.round(median(values)))),
    restarts: segments.slice(1).map((segment) => columnOf(segment.fromMs)),
  };
}

const URGENCY: Readonly<Record<TrendVerdict, number>> = {
  growing: 0,
  sawtooth: 0,
  step: 1,
  'not-enough-data': 2,
  stable: 3,
};

function byUrgency(a: ContainerTrend, b: ContainerTrend): number {
  const soon = ({ trend }: ContainerTrend): number => trend.daysToLimit?.value ?? Infinity;
  const pace = ({ trend }: ContainerTrend): number => trend.perWeek?.value ?? 0;
  const difference = URGENCY[a.trend.verdict] - URGENCY[b.trend.verdict];
  if (difference !== 0) return difference;
  // Two that never reach a limit are as soon as one another.
  if (soon(a) !== soon(b)) return soon(a) - soon(b);
  return pace(b) - pace(a) || nameOf(a).localeCompare(nameOf(b), 'en');
}

function nameOf({ namespace, workload, pod, container }: ContainerTrend): string {
  return `${namespace}/${workload.name}/${pod}/${container}`;
}
