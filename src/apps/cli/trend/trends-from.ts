// SPDX-License-Identifier: Apache-2.0

import { readTrends, type TrendWish } from '#engine/trends/read-trends.ts';
import type { TrendReport } from '#trends/trend-report.ts';

import { connectOptions } from '../check/live-services.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { Io } from '../io.ts';
import { prometheusOf } from '../prometheus-flags.ts';
import type { TrendSource } from './trend-source.ts';

/** What is told when there are no measurements at all: what, why, what to do. */
export const NOTHING_MEASURED: readonly string[] = [
  'Nothing is known of how memory was used before now.',
  "No Service of a known name leads to a server with Prometheus' query API, and this machine keeps no history of the cluster.",
  "Name a server with --prometheus-url, or measure from now on: 'selvage record --every 5m'.",
];

/**
 * Reads what was measured of containers' memory, and judges it; undefined when nothing was.
 *
 * @throws UsageError for flags that contradict each other; SourceError when what there is cannot be read
 */
export function trendsFrom(
  flags: ConnectionFlags & TrendSource,
  { scope, flannel }: { readonly scope: TrendWish['scope']; readonly flannel: boolean },
  io: Io,
): Promise<TrendReport | undefined> {
  const toMs = Date.now();
  const prometheus = prometheusOf(flags);
  return readTrends(
    { ...connectOptions(flags), env: io.env },
    {
      scope,
      flannel,
      fromMs: toMs - flags.since,
      toMs,
      ...(prometheus !== undefined && { prometheus }),
      ...(flags.from !== undefined && { from: flags.from }),
      signal: io.signal,
    },
  );
}
