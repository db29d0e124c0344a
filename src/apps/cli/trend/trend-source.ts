// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';

import type { GivenFlags } from '../flag-words.ts';
import { type PrometheusFlags, addPrometheusFlags } from '../prometheus-flags.ts';

/** Where measurements come from, and how far back. */
export interface TrendSource extends PrometheusFlags {
  /** Milliseconds back from now. */
  readonly since: number;
  /** Absent: Prometheus if the cluster has one, else the history. */
  readonly from?: 'prometheus' | 'history';
}

/** Adds the flags that say where measurements come from. */
export function addTrendSource(command: Command): void {
  command
    .addOption(
      new Option('--since <time>', 'how far back: 10d, 4w')
        .argParser(timeBack)
        .default(DEFAULT_MS, '4w'),
    )
    .addOption(
      new Option(
        '--from <origin>',
        "where measurements come from; default: the cluster's Prometheus, else the history",
      ).choices(['prometheus', 'history']),
    );
  addPrometheusFlags(command);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TIME_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };
const DEFAULT_MS = 28 * DAY_MS;
const LONGEST_MS = 2 * 366 * DAY_MS;

/** A time back from now, in hours, days or weeks: from an hour to two years. */
function timeBack(value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})([hdw])$/u.exec(value) ?? [];
  const ms = Number(number) * (TIME_MS[unit] ?? 0);
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError(
    'It is a number of hours, days or weeks: 36h, 10d, 4w; two years at most.',
  );
}

/** The flags that say where measurements come from as they were given, to be told again. */
export function trendSourceWords(flags: TrendSource): GivenFlags {
  const { since, from, prometheusUrl, prometheusTokenFile, prometheusCa } = flags;
  return {
    since: since === DEFAULT_MS ? undefined : `${String(since / HOUR_MS)}h`,
    from,
    prometheusUrl: prometheusUrl?.href,
    prometheusTokenFile,
    prometheusCa,
  };
}
