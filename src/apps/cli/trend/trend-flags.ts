// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';
import type { TrendSource } from './trend-source.ts';

/** Forms that `selvage trend` writes. */
export const TREND_FORMATS = ['table', 'json', 'yaml', 'svg', 'html'] as const;

/** What `selvage trend` was asked for. */
export interface TrendFlags extends ConnectionFlags, TrendSource {
  readonly output: (typeof TREND_FORMATS)[number];
  readonly flannel?: true;
  readonly allowUnknown?: true;
  readonly color: boolean;
}
