// SPDX-License-Identifier: Apache-2.0

import { type Command, InvalidArgumentError, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import type { Io } from '../io.ts';
import { addPrometheusFlags } from '../prometheus-flags.ts';
import { keepYoungHeapSmall } from '../small-young-heap.ts';
import type { LimitsFlags } from './run-limits.ts';

/** Adds `selvage limits`. */
export function addLimits(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('limits')
    .description('show containers near their limits, without any, or limited below what they need')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .addOption(
      new Option('--threshold <percent>', 'share of a limit from which a container is near it')
        .argParser(ratioFrom)
        .default(0.8, '80%'),
    )
    .option('--all', 'list every container, not only those nearest their limits')
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: LimitsFlags) => {
      keepYoungHeapSmall();
      const { runLimits } = await import('./run-limits.ts');
      finish(await runLimits(flags, io));
    });
  addConnectionFlags(
    addPrometheusFlags(command),
    'containers of this namespace only; default: all',
  );
}

/** Reads `80%` or `80` as 0.8. */
function ratioFrom(value: string): number {
  const number = Number(/^(\d{1,3}(?:\.\d{1,3})?)%?$/u.exec(value)?.[1]);
  if (number >= 1 && number <= 100) return number / 100;
  throw new InvalidArgumentError('It has to be a percentage from 1 to 100, such as 80%.');
}

const EPILOGUE = `
A container without a limit is a fact and no fault: kube-proxy, Flannel and others are shipped so.

Exit code: 0 no container is near a limit or limited below its need, 1 one is, 2 wrong command line,
3 not enough could be read to say.

Examples:
  selvage limits                    the cluster of the current context
  selvage limits --threshold 60%    who is getting there
  selvage limits -o json | jq '.findings[] | select(.severity != "info")'
  selvage recommend flannel         what to set instead`;
