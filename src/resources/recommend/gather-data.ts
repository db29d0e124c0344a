// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint, MemorySeries } from '#model/memory-series.ts';
import type { UsageOrigin } from '#model/resources.ts';
import type { ContainerGroup, GroupMember } from '../container-groups.ts';
import { toldKills } from '../oom-kills.ts';
import type { Confidence, DataSummary } from './recommend-report.ts';

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** A pod that is first seen so long after the history began was started in it. */
const LATER_MS = 10 * 60_000;

/** What the data is gathered from. */
export interface DataSources {
  /** The container in all of its variants: several while a rollout goes on. */
  readonly groups: readonly ContainerGroup[];
  /** Of this container only; empty where nobody kept any. */
  readonly series: readonly MemorySeries[];
  readonly origin?: UsageOrigin;
}

/** How much is known of a container. */
export function gatherData({ groups, series, origin }: DataSources): DataSummary {
  const members = runningMembers(groups);
  const points = series.flatMap((each) => each.points);
  const told = new Set(series.map(({ key }) => key.pod));
  const kills = groups.flatMap(toldKills);
  const workingSets = members.flatMap(({ usage }) => usage?.workingSetBytes ?? []);
  const peaks = members.flatMap(({ usage }) => usage?.peakBytes ?? []);
  const cores = members.flatMap(({ usage }) => usage?.cpuCores ?? []);
  const peakBytes = greatest([...workingSets, ...points.map(greatestOf)]);
  const peakWithCacheBytes = greatest(peaks);
  const peakCores = greatest([...cores, ...points.flatMap(({ cpuCores }) => cpuCores ?? [])]);
  const killedAtBytes = greatest(kills.flatMap(({ limitBytes }) => limitBytes ?? []));
  return {
    running: members.length,
    measured: members.filter(
      ({ usage, pod }) => usage?.workingSetBytes !== undefined || told.has(pod),
    ).length,
    ...(origin !== undefined && { origin }),
    ...(peakBytes !== undefined && { peakBytes }),
    ...(peakWithCacheBytes !== undefined && { peakWithCacheBytes }),
    ...(peakCores !== undefined && { peakCores }),
    historyPoints: points.length,
    historySpanMs: spanMs(points),
    startsSeen: startsIn(series) + peaks.length,
    kills: kills.length,
    ...(killedAtBytes !== undefined && { killedAtBytes }),
  };
}

/** The container wherever it runs. */
export function runningMembers(groups: readonly ContainerGroup[]): readonly GroupMember[] {
  return groups
    .flatMap(({ members }) => members)
    .filter(({ container }) => container.state === 'running');
}

/** How far some data carries. */
export function confidenceOf(
  data: DataSummary,
  groups: readonly ContainerGroup[],
  readAt: string,
): Confidence {
  const { peakBytes, peakWithCacheBytes, kills, measured, running } = data;
  if (peakBytes === undefined && peakWithCacheBytes === undefined)
    return kills > 0 ? 'low' : 'none';
  if (measured < running) return 'low';
  if (data.historySpanMs >= WEEK_MS && data.startsSeen > 0) return 'high';
  const isPeakOld = runningMembers(groups).every(
    ({ usage, container }) =>
      usage?.peakBytes !== undefined && ageMs(container.startedAt, readAt) >= DAY_MS,
  );
  return data.historySpanMs >= DAY_MS || (running > 0 && isPeakOld) ? 'medium' : 'low';
}

function ageMs(startedAt: string | undefined, readAt: string): number {
  return startedAt === undefined ? 0 : Date.parse(readAt) - Date.parse(startedAt);
}

function greatestOf({ workingSetBytes, maxWorkingSetBytes }: MemoryPoint): number {
  return Math.max(workingSetBytes, maxWorkingSetBytes ?? 0);
}

/** Not by spreading: a year of points is more than a call takes. */
function greatest(values: readonly number[]): number | undefined {
  return values.reduce<number | undefined>(
    (most, each) => (most === undefined || each > most ? each : most),
    undefined,
  );
}

function spanMs(points: readonly MemoryPoint[]): number {
  const first = greatest(points.map(({ atMs }) => -atMs));
  const last = greatest(points.map(({ atMs }) => atMs));
  return first === undefined || last === undefined ? 0 : last + first;
}

/** Restarts between two points, and pods that came after the history had begun. */
function startsIn(series: readonly MemorySeries[]): number {
  const begins = series.flatMap(({ points }) => points[0]?.atMs ?? []);
  const began = begins.reduce((first, each) => Math.min(first, each), Infinity);
  const restarts = series.map(({ points }) => {
    const counts = points.flatMap(({ restartCount }) => restartCount ?? []);
    return Math.max(0, (counts.at(-1) ?? 0) - (counts[0] ?? 0));
  });
  const newPods = begins.filter((each) => each > began + LATER_MS).length;
  return restarts.reduce((sum, each) => sum + each, newPods);
}
