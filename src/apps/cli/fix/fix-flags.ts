// SPDX-License-Identifier: Apache-2.0

import type { Risk } from '#model/plan.ts';

import type { ConnectionFlags } from '../connection-flags.ts';

/** What `selvage fix` was asked for. Absent lists mean all. */
export interface FixFlags extends ConnectionFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly yes?: true;
  /** Ids of checks or remedies. */
  readonly only?: readonly string[];
  readonly node?: readonly string[];
  readonly maxRisk: Risk;
  readonly serverDryRun?: true;
  /** Milliseconds. */
  readonly lockWait?: number;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  readonly color: boolean;
}
