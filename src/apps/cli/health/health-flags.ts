// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';
import type { ReadingFlags } from '../reading-flags.ts';

/** Forms of `selvage health`. */
export const HEALTH_FORMATS = ['text', 'json', 'markdown'] as const;

/** What `selvage health` was asked for. */
export interface HealthFlags extends ConnectionFlags, ReadingFlags {
  readonly daily?: true;
  readonly weekly?: true;
  readonly afterRestart?: true;
  readonly output: (typeof HEALTH_FORMATS)[number];
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: true;
  readonly suppressions?: string;
  /** `false`: neither the report nor the time of the run is kept. */
  readonly history: boolean;
  /** Share of a limit in percent. */
  readonly threshold: number;
  /** Milliseconds; absent: since the routine was run last. */
  readonly since?: number;
  /** Milliseconds; only with `afterRestart`. */
  readonly timeout?: number;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
}
