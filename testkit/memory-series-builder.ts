// SPDX-License-Identifier: Apache-2.0

import type { MemoryPoint, MemorySeries, SeriesKey } from '#model/memory-series.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

/** A series of one point an hour, from the beginning of 1970 unless `fromHour` says otherwise. */
export interface SeriesOptions {
  readonly key?: Partial<SeriesKey>;
  readonly hours: number;
  readonly fromHour?: number;
  /** MiB at an hour, counted from the first point. */
  readonly mib: (hour: number) => number;
  /** Restarts until an hour; absent: they are not counted. */
  readonly restarts?: (hour: number) => number;
  readonly limitMib?: number;
  readonly isMissing?: (hour: number) => boolean;
}

/** Makes the series of a container of flannel's DaemonSet on node1. */
export function memorySeries(options: SeriesOptions): MemorySeries {
  const { hours, fromHour = 0, mib, restarts, limitMib, isMissing = () => false } = options;
  const points = Array.from({ length: hours }, (_, hour): MemoryPoint | undefined =>
    isMissing(hour)
      ? undefined
      : {
          atMs: (fromHour + hour) * HOUR_MS,
          workingSetBytes: mib(hour) * MIB,
          ...(restarts !== undefined && { restartCount: restarts(hour) }),
          ...(limitMib !== undefined && { limitBytes: limitMib * MIB }),
        },
  );
  return {
    key: {
      namespace: 'kube-flannel',
      workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
      pod: 'kube-flannel-ds-abcde',
      container: 'kube-flannel',
      node: 'node1',
      ...options.key,
    },
    points: points.filter((point) => point !== undefined),
  };
}
