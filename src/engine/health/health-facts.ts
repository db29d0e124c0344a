// SPDX-License-Identifier: Apache-2.0

import type { UsePicture } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { HealthRoutine } from '#report/health-report.ts';
import type { Report } from '#report/report.ts';

/** All that a routine judges. */
export interface HealthFacts {
  readonly routine: HealthRoutine;
  readonly snapshot: Snapshot;
  readonly report: Report;
  readonly picture: UsePicture;
  /** Restarts and kills count from then on, ISO-8601 UTC. */
  readonly since: string;
  /** Share of a limit, or of what a node can give, above which memory is near its end; 0 to 1. */
  readonly thresholdRatio: number;
  /** Weekly use of Flannel's memory, as lines, or why there is none. */
  readonly trend: HealthTrend;
  /** The same of nodes as a whole. */
  readonly nodeTrend: HealthTrend;
}

/** Lines out of the history, or why there are none. */
export type HealthTrend = { readonly lines: readonly string[] } | { readonly why: string };
