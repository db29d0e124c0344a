// SPDX-License-Identifier: Apache-2.0

import type { ResourceAmounts, UsageOrigin } from '#model/resources.ts';
import type { ComponentName } from '../known-components.ts';
import type { ContainerPlace } from '../limits/limits-report.ts';

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const RECOMMEND_SCHEMA_VERSION = 1;

/** What to ask for and be held to: the result of `selvage recommend`. */
export interface RecommendReport {
  readonly schemaVersion: typeof RECOMMEND_SCHEMA_VERSION;
  readonly kind: 'RecommendReport';
  /** ISO-8601 UTC. */
  readonly readAt: string;
  /** As it was asked for. */
  readonly target: string;
  /** One for each container that runs on; empty when pods could not be listed. */
  readonly recommendations: readonly Recommendation[];
  /** What could not be read, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * How far the evidence carries.
 *
 * - `high`: a week of history or more, with a start in it or a peak since the start.
 * - `medium`: a day of history or more, or a peak since a start that is a day ago.
 * - `low`: less, such as one instant; or not all pods were measured. It lowers nothing and sets no new limit.
 * - `none`: nothing was measured and nothing was killed, so nothing is recommended.
 */
export type Confidence = 'high' | 'medium' | 'low' | 'none';

/** What one container should have, and why. */
export interface Recommendation extends ContainerPlace {
  readonly component?: ComponentName;
  readonly pods: number;
  /** As it is now; of several, that of most pods. */
  readonly now: { readonly requests: ResourceAmounts; readonly limits: ResourceAmounts };
  readonly confidence: Confidence;
  /** Absent when nothing is recommended. */
  readonly memory?: MemoryAdvice;
  /** Absent when its CPU was not measured: then it stays as it is. */
  readonly cpu?: CpuAdvice;
  readonly data: DataSummary;
  /** What it rests on, line by line. */
  readonly evidence: readonly string[];
  /** What is missing for more confidence and how to get it, whole sentences. */
  readonly missing: readonly string[];
  /** What stands against it, whole sentences: a LimitRange, a node that is too small. */
  readonly cautions: readonly string[];
}

/** Bytes. */
export interface MemoryAdvice {
  readonly requestBytes: number;
  /** Absent: no limit. */
  readonly limitBytes?: number;
  /** Why this limit, or why none; whole sentences. */
  readonly limitReason: string;
  /** The least limit for whoever wants one all the same. */
  readonly leastLimitBytes: number;
}

/** Cores. */
export interface CpuAdvice {
  readonly requestCores: number;
  /** Absent: no limit. */
  readonly limitCores?: number;
  readonly limitReason: string;
}

/** How much is known. */
export interface DataSummary {
  /** Pods that run it, and how many of them were measured, now or in the history. */
  readonly running: number;
  readonly measured: number;
  readonly origin?: UsageOrigin;
  /** The greatest working set that was seen, bytes; absent: none was. */
  readonly peakBytes?: number;
  /** The greatest use since a start with file pages, as the kernel keeps it, bytes. */
  readonly peakWithCacheBytes?: number;
  readonly peakCores?: number;
  readonly historyPoints: number;
  /** Milliseconds from the first to the last point. */
  readonly historySpanMs: number;
  /** Starts that are in the history, or whose peak the kernel has kept. */
  readonly startsSeen: number;
  /** OOM kills that the API still tells of. */
  readonly kills: number;
  /** The greatest limit under which it was killed, bytes. */
  readonly killedAtBytes?: number;
}
