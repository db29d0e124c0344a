// SPDX-License-Identifier: Apache-2.0

import type { ConnectionFlags } from '../connection-flags.ts';

/** Forms that `selvage trend` writes. */
export const TREND_FORMATS = ['table', 'json', 'yaml', 'svg', 'html'] as const;

/** What `selvage trend` was asked for. */
export interface TrendFlags extends ConnectionFlags {
  readonly output: (typeof TREND_FORMATS)[number];
  readonly flannel?: true;
  /** Milliseconds back from now. */
  readonly since: number;
  /** Absent: Prometheus if the cluster has one, else the history. */
  readonly from?: 'prometheus' | 'history';
  readonly prometheusUrl?: URL;
  /** File with a bearer token. */
  readonly prometheusTokenFile?: string;
  /** PEM file. */
  readonly prometheusCa?: string;
  readonly allowUnknown?: true;
  readonly color: boolean;
}
