// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import type { Io } from '../io.ts';
import { TREND_FORMATS, type TrendFlags } from './trend-flags.ts';

/** Adds `selvage trend`. */
export function addTrend(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('trend')
    .description("tell whether containers' memory is stable, grows, or is cut back by restarts")
    .argument('[workload]', 'of this workload only: name, or namespace/name; default: all')
    .option('--flannel', "of Flannel's containers only")
    .addOption(
      new Option('--since <time>', 'how far back: 10d, 4w')
        .argParser(timeBack)
        .default(28 * DAY_MS, '4w'),
    )
    .addOption(
      new Option(
        '--from <origin>',
        "where measurements come from; default: the cluster's Prometheus, else the history",
      ).choices(['prometheus', 'history']),
    )
    .option(
      '--prometheus-url <url>',
      "server with Prometheus' query API; default: the cluster's own, through the API server",
      httpUrl,
    )
    .option('--prometheus-token-file <file>', 'with --prometheus-url: file with a bearer token')
    .option('--prometheus-ca <file>', 'with --prometheus-url: authority of its certificate, PEM')
    .option('--allow-unknown', 'exit 0 although there is not enough data on some containers')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(TREND_FORMATS)
        .default('table'),
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', EPILOGUE.replaceAll('selvage', io.program))
    .action(async (workload: string | undefined, flags: TrendFlags) => {
      const { runTrend } = await import('./run-trend.ts');
      finish(await runTrend(workload, flags, io));
    });
  addConnectionFlags(command);
}

const DAY_MS = 86_400_000;
const TIME_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
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

/** An address of a server. Whether a user is in it is told later: what is refused here is shown. */
function httpUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && /^https?:$/u.test(url.protocol)) return url;
  throw new InvalidArgumentError('It is like https://prometheus.example:9090/path.');
}

const EPILOGUE = `
Growth is judged by days: a rhythm of the day is none, and a restart does not hide one. Intervals are of 95 %.

Exit code: 0 nothing grows, 1 something grows, 2 wrong command line, 3 there is not enough data to say so, or nothing
could be read.

Examples:
  selvage trend --flannel                    Flannel over the last four weeks
  selvage trend kube-system/coredns --since 8w
  selvage trend --prometheus-url https://prometheus.example --prometheus-token-file token
  selvage trend --flannel -o html > flannel-memory.html`;
