// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import { durationMs, numberUpTo } from '../flag-values.ts';
import type { Io } from '../io.ts';
import { addReadingFlags } from '../reading-flags.ts';
import type { PodFlags } from './run-pod.ts';

const MAX_LOG_LINES = 500;

/** Adds `selvage pod`. */
export function addPod(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('pod')
    .description('show in one screen why a pod that runs may not work, and what its node holds')
    .argument('<pod>', 'namespace/name, or the name alone with -n')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--log-lines <number>', 'lines of each log; default 20', numberUpTo(MAX_LOG_LINES))
    .option('--node-timeout <duration>', 'limit for reading its node: 10s, 1m', durationMs)
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (pod: string, flags: PodFlags) => {
      const { runPod } = await import('./run-pod.ts');
      finish(await runPod(pod, flags, io));
    });
  addConnectionFlags(addReadingFlags(command), 'namespace of the pod; default: default');
}

const EPILOGUE = `
It shows conditions, limits and use, restarts and their reasons, Events, the ends of the logs, and what a check says of
the pod's node. It reads no Secret and shows no value of the environment; what a program logs, it shows.

Exit code: 0 nothing is wrong with the pod or its node, 1 something is, 2 wrong command line or no such pod, 3 not
enough could be read to say.

Examples:
  selvage pod web/website-7f8b9c6d5-q4wzt
  selvage pod coredns-77687db9f8-n5gx9 -n kube-system --log-lines 100`;
