// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import type { Io } from '../io.ts';
import { TREND_FORMATS, type TrendFlags } from './trend-flags.ts';
import { addTrendSource } from './trend-source.ts';

/** Adds `selvage trend`. */
export function addTrend(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('trend')
    .description("tell whether containers' memory is stable, grows, or is cut back by restarts")
    .argument('[workload]', 'of this workload only: name, or namespace/name; default: all')
    .option('--flannel', "of Flannel's containers only")
    .option('--allow-unknown', 'exit 0 although there is not enough data on some containers')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(TREND_FORMATS)
        .default('table'),
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (workload: string | undefined, flags: TrendFlags) => {
      const { runTrend } = await import('./run-trend.ts');
      finish(await runTrend(workload, flags, io));
    });
  addTrendSource(command);
  addConnectionFlags(command);
}

const EPILOGUE = `
Growth is judged by days: a rhythm of the day is none, and a restart does not hide one. Intervals are of 95 %.

Exit code: 0 nothing grows, 1 something grows, 2 wrong command line, 3 there is not enough data to say so, or nothing
could be read.

Examples:
  selvage trend --flannel                    Flannel over the last four weeks
  selvage trend kube-system/coredns --since 8w
  selvage trend --prometheus-url https://prometheus.example \\
      --prometheus-token-file token
  selvage trend --flannel -o html > flannel-memory.html`;
