// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';
import type { ReadingFlags } from '../reading-flags.ts';
import type { OutputFormat } from './output-formats.ts';

/** What `selvage check` was asked for. Absent lists mean all. */
export interface CheckFlags extends ConnectionFlags, ReadingFlags {
  readonly output: OutputFormat;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly node?: readonly string[];
  readonly failOn: 'critical' | 'warning';
  readonly allowUnknown?: true;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  /** How much is probed; absent: `light`. */
  readonly probe?: 'none' | 'light' | 'all';
  readonly color: boolean;
  /** File to judge instead of a cluster. */
  readonly bundle?: string;
  /** Check until all is well, for at most as many milliseconds. */
  readonly wait?: number;
  /** Check until it is interrupted. */
  readonly watch?: true;
  /** Milliseconds between two checks. */
  readonly interval?: number;
  /** Whether the report is kept in the history; absent: it is. */
  readonly history?: boolean;
  /** File of findings that are known and accepted. */
  readonly suppressions?: string;
}
