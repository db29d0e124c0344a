// SPDX-License-Identifier: Apache-2.0

import type { ReadingCommand } from '#engine/reading-commands.ts';

import type { ConnectionFlags } from '../connection-flags.ts';
import type { ReadingFlags } from '../reading-flags.ts';

/** What `selvage access` was asked for. */
export interface AccessFlags extends ConnectionFlags, ReadingFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly printRbac?: true;
  /** With `printRbac`: the roles for mending. */
  readonly repair?: true;
  /** With `printRbac`: the right to read usage from kubelets as well. */
  readonly kubelets?: true;
  /** With `printRbac`: the roles for these commands only; absent: for checks, and for use as `top` and `limits` read it. */
  readonly for?: readonly ReadingCommand[];
  /** File to tell about instead of a cluster. */
  readonly bundle?: string;
  /** Who gets the printed roles: `serviceaccount:NAMESPACE:NAME`, `user:NAME` or `group:NAME`. */
  readonly subject?: string;
  readonly node?: readonly string[];
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  readonly color: boolean;
}
