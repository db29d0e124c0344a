// SPDX-License-Identifier: Apache-2.0

import type { WorkloadRef } from './resources.ts';

/** Which container a series of measurements is of. */
export interface SeriesKey {
  readonly namespace: string;
  readonly workload: WorkloadRef;
  readonly pod: string;
  readonly container: string;
  /** Absent where the origin does not say. */
  readonly node?: string;
  /** Tells a pod from an earlier one of the same name; absent where the origin does not say. */
  readonly podUid?: string;
}

/** One measurement of a container's memory. */
export interface MemoryPoint {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  /** Mean over the point's interval where history was thinned out, the measured value otherwise; bytes. */
  readonly workingSetBytes: number;
  /** The greatest of the interval where history was thinned out; bytes. */
  readonly maxWorkingSetBytes?: number;
  /** The least of the interval where history was thinned out; bytes. */
  readonly minWorkingSetBytes?: number;
  /** Cores. */
  readonly cpuCores?: number;
  /** Restarts of the container until then; a series is cut where it changes. Absent: not known. */
  readonly restartCount?: number;
  /** Memory limit then, bytes; absent: none, or not known. */
  readonly limitBytes?: number;
}

/** Measurements of one container in order of time, the oldest first. */
export interface MemorySeries {
  readonly key: SeriesKey;
  readonly points: readonly MemoryPoint[];
}

/** What was measured of one node as a whole, the system's own processes included. */
export interface NodeMemory {
  readonly node: string;
  /** In the order of time. Their limit is what pods may have of the node; absent: not known. */
  readonly points: readonly MemoryPoint[];
}
