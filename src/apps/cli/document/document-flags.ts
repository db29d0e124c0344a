// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';
import type { ReadingFlags } from '../reading-flags.ts';

/** Forms of `selvage document`. */
export const DOCUMENT_FORMATS = ['markdown', 'html', 'json', 'yaml'] as const;

/** What `selvage document` was asked for. */
export interface DocumentFlags extends ConnectionFlags, ReadingFlags {
  readonly output: (typeof DOCUMENT_FORMATS)[number];
  /** File of an earlier page, a day or an instant, or `last`. */
  readonly diff?: string;
  readonly suppressions?: string;
  /** `false`: this version of the page is not kept. */
  readonly history: boolean;
  /** Milliseconds; 0 means no limit of its own. */
  readonly nodeTimeout?: number;
  readonly concurrency?: number;
}
