// SPDX-License-Identifier: Apache-2.0

import type { WorkloadRef } from '#model/resources.ts';

import type { MemoryAction } from './advise-memory.ts';
import type { MemoryTrend } from './memory-trend.ts';
import type { MemoryWeek } from './weekly-table.ts';

/** Where measurements come from. */
export type TrendOrigin = 'prometheus' | 'history';

/** A series summed up for a picture: as many values as it has columns, evenly in time. */
export interface TrendPicture {
  /** Medians, bytes; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Columns in which a life of the container began, but the first. */
  readonly restarts: readonly number[];
}

/** The judgement on one container in its place. */
export interface ContainerTrend {
  readonly namespace: string;
  readonly workload: WorkloadRef;
  readonly container: string;
  /** The pod that runs, or ran last. */
  readonly pod: string;
  readonly node?: string;
  /** Pods that followed one another in its place. */
  readonly pods: number;
  /** Version of flannel that runs in it; absent when it is not flannel, or its version is not known. */
  readonly flannelVersion?: string;
  readonly trend: MemoryTrend;
  readonly actions: readonly MemoryAction[];
  readonly weeks: readonly MemoryWeek[];
  readonly picture: TrendPicture;
}

/** What `selvage trend` tells: the versioned result that all its forms are made from. Times in milliseconds since 1970. */
export interface TrendReport {
  readonly schemaVersion: 1;
  readonly origin: TrendOrigin;
  /** Which server or file. */
  readonly through: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Time between two points where the origin was asked for one; absent: as they were measured. */
  readonly stepMs?: number;
  /** What was not as it should be, or was not asked, each one sentence. */
  readonly notes: readonly string[];
  /** Until when reports of flannel's faults were read, year and month. */
  readonly knownFaultsAsOf: string;
  /** The most urgent first. */
  readonly containers: readonly ContainerTrend[];
}
