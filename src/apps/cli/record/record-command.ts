// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationFrom } from '../flag-values.ts';
import type { Io } from '../io.ts';
import type { RecordFlags } from './run-record.ts';

const SECOND_MS = 1000;

/** Adds `selvage record`. */
export function addRecord(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('record')
    .description('keep what every container uses in the history of this cluster, once or regularly')
    .option(
      '--every <duration>',
      'again and again until interrupted, so long from one beginning to the next: 5m',
      durationFrom(10 * SECOND_MS),
    )
    .option(
      '--for <duration>',
      'with --every: end after so long; 24 days at most',
      durationFrom(SECOND_MS),
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the output: a line, or a line of JSON, a round')
        .choices(['table', 'json'])
        .default('table'),
    )
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: RecordFlags) => {
      const { runRecord } = await import('./run-record.ts');
      const { liveMeasurements } = await import('./live-measurements.ts');
      finish(await runRecord(flags, io, liveMeasurements(io.env)));
    });
  addConnectionFlags(command);
}

const EPILOGUE = `
It writes to a file on this machine alone, $XDG_STATE_HOME/selvage/history/<UID of the cluster>.sqlite.

Exit code: 0 the last round was kept, 2 wrong command line, 3 it was not, or the history cannot be used;
130 interrupted with Ctrl-C, 143 ended by a service manager.

Examples:
  selvage record                         one round, for cron or a timer
  selvage record --every 5m              until Ctrl-C
  selvage record --every 5m --for 24h    for a day`;
