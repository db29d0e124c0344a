// SPDX-License-Identifier: Apache-2.0

import type { Risk } from '#model/plan.ts';

import type { ConnectionFlags } from '../connection-flags.ts';

/** What every command that mends was asked for. Absent lists mean all. */
export interface MendFlags extends ConnectionFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly yes?: true;
  readonly node?: readonly string[];
  readonly serverDryRun?: true;
  /** Milliseconds. */
  readonly lockWait?: number;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  readonly color: boolean;
}

/** What `selvage fix` was asked for. */
export interface FixFlags extends MendFlags {
  /** Ids of checks or remedies. */
  readonly only?: readonly string[];
  readonly maxRisk: Risk;
  /** File with the plan to carry out, instead of a new one. */
  readonly plan?: string;
}
