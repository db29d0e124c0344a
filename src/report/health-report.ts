// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

/** Version of the shape; raised when a reader of the older shape would misread it. */
export const HEALTH_SCHEMA_VERSION = 1;

/** What is looked at together, and when. */
export type HealthRoutine = 'daily' | 'weekly' | 'after-restart';

/** What one routine came to: the result of `selvage health`. */
export interface HealthReport {
  readonly schemaVersion: typeof HEALTH_SCHEMA_VERSION;
  readonly kind: 'HealthReport';
  readonly routine: HealthRoutine;
  readonly tool: { readonly name: 'selvage'; readonly version: string };
  readonly cluster: Report['cluster'];
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Restarts and kills count from then on, ISO-8601 UTC. */
  readonly since: string;
  /** In the order of reading. */
  readonly items: readonly HealthItem[];
  /** What `selvage check` says of the same cluster, whole. */
  readonly check: Report;
}

/** Id of one thing that a routine looks at. */
export type HealthItemId =
  | 'nodes'
  | 'starts'
  | 'flannel'
  | 'pairs'
  | 'dns'
  | 'pods'
  | 'restarts'
  | 'node-use'
  | 'memory-limits'
  | 'pod-use'
  | 'network-use'
  | 'trend'
  | 'node-trend'
  | 'metrics-server';

/**
 * What one thing came to.
 *
 * - `well`: it is as it has to be.
 * - `note`: something to know, that harms nothing.
 * - `warning`, `critical`: it makes the exit code 1, as findings of that severity do.
 * - `unknown`: it could not be told; silence about it is not health.
 */
export type HealthState = 'well' | 'note' | 'warning' | 'critical' | 'unknown';

/** One thing that a routine looks at. */
export interface HealthItem {
  readonly id: HealthItemId;
  readonly title: string;
  readonly state: HealthState;
  /** One sentence without a period. */
  readonly summary: string;
  /** More about it, the gravest first; each a line. */
  readonly lines: readonly string[];
}
