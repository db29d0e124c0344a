// SPDX-License-Identifier: Apache-2.0

import { Argument, type Command, InvalidArgumentError, Option } from 'commander';

import { TOP_KINDS, TOP_ORDERS, type TopKind } from '#resources/top/top-report.ts';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationFrom, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addPrometheusFlags } from '../prometheus-flags.ts';
import { labelSelector, namespaceName } from '../reading-flags.ts';
import { keepYoungHeapSmall } from '../small-young-heap.ts';
import { TOP_FORMATS, type TopFlags } from './top-flags.ts';

const MAX_ROWS = 100_000;
const LEAST_INTERVAL_MS = 1000;

/** Adds `selvage top`. */
export function addTop(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('top')
    .description('show who uses how much memory and CPU, of what it asked for and may use')
    .addArgument(new Argument('<what>', 'what to list').choices(TOP_KINDS))
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(TOP_FORMATS)
        .default('table'),
    )
    .addOption(
      new Option('--sort <order>', 'greatest first: by use, or by nearness to the limit')
        .choices(TOP_ORDERS)
        .default('memory'),
    )
    .addOption(
      new Option('--threshold <percent>', 'mark what uses more of its node or limit')
        .argParser(percent)
        .default(0.8, '80%'),
    )
    .option('--top <number>', 'show this many rows', numberUpTo(MAX_ROWS))
    .addOption(
      new Option(
        '--from <origin>',
        'ask this origin only; default: the best that has values',
      ).choices(['metrics-server', 'kubelet', 'prometheus']),
    )
    .option(
      '--peak',
      'read the cgroup files of the containers that are shown, by exec: peak, OOM kills, throttling',
    )
    .option('--watch', 'again and again until interrupted: a live view on a terminal, else lines')
    .option(
      '--interval <duration>',
      'time between two readings with --watch; default 15s',
      durationFrom(LEAST_INTERVAL_MS),
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (what: TopKind, flags: TopFlags) => {
      keepYoungHeapSmall();
      finish(await (await import('./run-top.ts')).runTop(what, flags, io));
    });
  addPrometheusFlags(command)
    .optionsGroup('Where Flannel is:')
    .option(
      '--flannel-namespace <name>',
      "namespace of Flannel's pods; default: looked for in all",
      namespaceName,
    )
    .option(
      '--flannel-selector <labels>',
      "label selector of Flannel's pods; default: known by what runs in them",
      labelSelector,
    );
  addConnectionFlags(
    command,
    'pods of this namespace only; nodes and Flannel are shown as a whole',
  );
}

/** A share as `80%` or `80`. */
function percent(value: string): number {
  const number = Number(/^(\d{1,3}(?:\.\d{1,2})?)%?$/u.exec(value)?.[1] ?? '0');
  if (number > 0 && number <= 100) return number / 100;
  throw new InvalidArgumentError('It has to be a share above 0% and up to 100%, like 80%.');
}

const EPILOGUE = `
Usage comes from metrics-server; where there is none from the server of --prometheus-url, from the kubelets, or from
the cluster's own Prometheus. The first line names the origin and the age of its values.
? is what nobody told, - is what is not set, ! is what is above the threshold.

Exit code: 0 shown, whatever is above the threshold; 2 wrong command line; 3 usage, nodes or pods are not known.

Examples:
  selvage top nodes                          use of what is allocatable, and nodes out of balance
  selvage top flannel                        with the peak of each container from its own cgroup
  selvage top containers --sort limit --top 20
  selvage top pods -n shop --watch
  selvage top containers -o json --threshold 90%`;
