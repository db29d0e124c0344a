// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationFrom, durationMs, MAX_CONCURRENCY, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addReadingFlags } from '../reading-flags.ts';
import { HEALTH_FORMATS, type HealthFlags } from './health-flags.ts';

const THRESHOLD_PERCENT = 80;

/** Adds `selvage health`. */
export function addHealth(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('health')
    .description(
      'look through a cluster as every day, every week, or after a restart; fit for cron',
    )
    .addOption(new Option('--daily', 'the look of every day').conflicts(['weekly', 'afterRestart']))
    .addOption(
      new Option('--weekly', 'the look of every week, with the use of memory over time').conflicts(
        'afterRestart',
      ),
    )
    .option('--after-restart', 'whether all is back after nodes or the whole cluster restarted')
    .addOption(
      new Option('--timeout <duration>', 'with --after-restart: wait at most so long until it is')
        .argParser(durationFrom(1000))
        .conflicts(['daily', 'weekly']),
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the report')
        .choices(HEALTH_FORMATS)
        .default('text'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'mildest severity that makes the exit code 1')
        .choices(['critical', 'warning'])
        .default('warning'),
    )
    .option('--allow-unknown', 'exit 0 although part could not be looked at')
    .option('--suppressions <file>', 'YAML file of findings that are known and do not count')
    .option(
      '--threshold <percent>',
      'share of a limit, or of the memory of a node, from which on it is told',
      numberUpTo(100),
      THRESHOLD_PERCENT,
    )
    .option(
      '--since <duration>',
      'restarts count from so long ago; default: since the last time, else 24h or 168h',
      durationFrom(1000),
    )
    .option(
      '--no-history',
      'keep neither report nor measurements, nor when this was run; so does the variable SELVAGE_NO_HISTORY',
    )
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: HealthFlags) => {
      const { runHealth } = await import('./run-health.ts');
      const { liveServices } = await import('../check/live-services.ts');
      finish(await runHealth(flags, io, liveServices(io.env)));
    });
  addConnectionFlags(addReadingFlags(command));
}

const EPILOGUE = `
The text has at most 60 lines; the first one says all and can be the subject of a mail.

Exit code: 0 all is well, 1 something is not, 2 wrong command line, 3 not enough could be looked at to say.

Examples:
  selvage health --daily
  selvage health --weekly --threshold 70
  selvage health --after-restart --timeout 10m
  text=$(selvage health --daily) ||
      mail -s "$(echo "$text" | head -n 1)" ops@example.com <<<"$text"`;
