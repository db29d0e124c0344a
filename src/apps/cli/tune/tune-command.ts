// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';

import { isQuantity } from '#engine/mend/quantities.ts';

import { epilogue } from '../epilogue.ts';
import { addMendFlags } from '../fix/fix-flags.ts';
import { durationFrom } from '../flag-values.ts';
import type { Io } from '../io.ts';
import type { TuneFlags } from './run-tune.ts';

const SECOND_MS = 1000;

/** Adds `selvage tune flannel`. */
export function addTune(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const tune = program
    .command('tune')
    .description("change settings of Flannel's workload, with consent, one node at a time");
  const command = tune
    .command('flannel')
    .description('set requests and limits of the flannel container in its DaemonSet')
    .addOption(
      new Option('--profile <profile>', 'a whole set of values').choices([
        'runbook',
        'upstream',
        'recommended',
      ]),
    )
    .option('--memory-request <quantity>', 'such as 64Mi', quantity)
    .option('--memory-limit <quantity>', 'such as 256Mi', quantity)
    .option('--cpu-request <quantity>', 'such as 100m', quantity)
    .option('--cpu-limit <quantity>', 'such as 500m', quantity)
    .option(
      '--pod-wait <duration>',
      'how long a pod may take to be ready again before all is taken back; default 2m',
      durationFrom(SECOND_MS),
    )
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: TuneFlags) => {
      const { runTune } = await import('./run-tune.ts');
      finish(await runTune(flags, io));
    });
  addMendFlags(command);
}

function quantity(value: string): string {
  if (isQuantity(value)) return value;
  throw new InvalidArgumentError(
    'A quantity is a number with a unit, like 100m, 0.5, 64Mi or 2Gi.',
  );
}

const EPILOGUE = `
Profiles:
  runbook      requests 200m CPU and 1Gi memory, limits 500m CPU and 2Gi memory
  upstream     no limits; the requests stay as they are
  recommended  from measured use, as 'selvage recommend flannel' tells it; values that are given replace its own

Without --yes it shows the plan and changes nothing, unless you type yes when it asks on a terminal.

Exit code: 0 done or so already, 1 only shown, half done, or taken back, 2 wrong command line or too little was
measured for the profile recommended, 3 rights are missing, too little is known or another Selvage is mending; 130 interrupted.

Examples:
  selvage tune flannel --profile runbook              the plan, and who owns the DaemonSet
  selvage tune flannel --memory-limit 256Mi --yes
  selvage tune flannel --profile recommended          with what it rests on
  selvage undo                                        take it back`;
