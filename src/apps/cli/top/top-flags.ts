// SPDX-License-Identifier: Apache-2.0

import type { UsageOrigin } from '#model/resources.ts';
import type { TopOrder } from '#resources/top/top-report.ts';

import type { ConnectionFlags } from '../connection-flags.ts';
import type { PrometheusFlags } from '../prometheus-flags.ts';

/** Forms of output of `selvage top`, as `-o` takes them; part of the public contract. */
export const TOP_FORMATS = ['table', 'wide', 'json', 'yaml'] as const;

/** What `selvage top` was asked for. */
export interface TopFlags extends ConnectionFlags, PrometheusFlags {
  readonly output: (typeof TOP_FORMATS)[number];
  readonly sort: TopOrder;
  /** Ratio above which use is marked. */
  readonly threshold: number;
  /** Most rows. */
  readonly top?: number;
  /** Usage from this origin only. */
  readonly from?: UsageOrigin;
  readonly peak?: true;
  readonly watch?: true;
  /** Milliseconds. */
  readonly interval?: number;
  readonly flannelNamespace?: string;
  readonly flannelSelector?: string;
  readonly color: boolean;
}
