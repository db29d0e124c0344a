// SPDX-License-Identifier: Apache-2.0

import { type Command, Option } from 'commander';

import { addConnectionFlags } from '../connection-flags.ts';
import { epilogue } from '../epilogue.ts';
import type { Io } from '../io.ts';
import { addPrometheusFlags } from '../prometheus-flags.ts';
import type { RecommendFlags } from './run-recommend.ts';

/** Adds `selvage recommend`. */
export function addRecommend(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('recommend')
    .description('show which requests and limits a workload should have, and on what evidence')
    .argument(
      '<workload>',
      'flannel, coredns, kube-proxy, metrics-server, or NAMESPACE/NAME, KIND/NAME, NAMESPACE/KIND/NAME',
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (workload: string, flags: RecommendFlags) => {
      const { runRecommend } = await import('./run-recommend.ts');
      finish(await runRecommend(workload, flags, io));
    });
  addConnectionFlags(addPrometheusFlags(command));
}

const EPILOGUE = `
It changes nothing. For Flannel, 'selvage tune flannel --profile recommended' sets what it says.

Exit code: 0 something is recommended for every container, 2 wrong command line or no such workload,
3 too little is known to recommend anything.

Examples:
  selvage recommend flannel
  selvage recommend shop/deployment/web
  selvage recommend coredns -o json | jq '.recommendations[].memory'`;
