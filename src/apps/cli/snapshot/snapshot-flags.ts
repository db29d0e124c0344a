// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';
import type { ReadingFlags } from '../reading-flags.ts';

/** What `selvage snapshot` was asked for. */
export interface SnapshotFlags extends ConnectionFlags, ReadingFlags {
  /** `-` means standard output; absent means a name made of the context and the time. */
  readonly file?: string;
  readonly force?: true;
  /** Refused: a bundle is a snapshot already. */
  readonly bundle?: string;
  readonly node?: readonly string[];
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
  /** How much is probed; absent: `light`. */
  readonly probe?: 'none' | 'light' | 'all';
}
