// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationMs, MAX_CONCURRENCY, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addReadingFlags } from '../reading-flags.ts';
import type { OomFlags } from './run-oom.ts';

/** Adds `selvage oom`. */
export function addOom(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('oom')
    .description('show every kill for lack of memory that can be known, and judge what it did')
    .argument('[workload]', 'of this workload or pod alone: [kind/]name, in namespace -n')
    .option('--flannel', 'of Flannel alone')
    .option('--since <duration>', 'leave out kills that are longer ago: 24h, 30m', durationMs)
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (workload: string | undefined, flags: OomFlags) => {
      const { runOom } = await import('./run-oom.ts');
      finish(await runOom(workload, flags, io));
    });
  addConnectionFlags(addReadingFlags(command), 'namespace of the workload; default: any');
}

const EPILOGUE = `
Signs are the status of containers, Events (OOMKilling, SystemOOM), the kernel's log and, for Flannel's container, the
kernel's own counter, which also tells of children. The log takes a pod with the capability SYSLOG where Flannel's
container may not read it: --allow-debug-pods makes one for a moment on each such node.

Exit code: 0 no kill is known, and of Flannel's containers none is possible, 1 something was killed, 2 wrong command
line, 3 no kill is known, but not enough could be read to rule one out.

Examples:
  selvage oom                            every kill, and what Flannel's mean
  selvage oom --flannel --allow-debug-pods
  selvage oom deployment/coredns -n kube-system
  selvage oom --since 24h -o json        for a program`;
