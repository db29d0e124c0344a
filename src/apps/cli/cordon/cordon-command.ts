// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

import { epilogue } from '../epilogue.ts';
import { addMendFlags, type MendFlags } from '../fix/fix-flags.ts';
import { collectList } from '../flag-values.ts';
import type { Io } from '../io.ts';

/** Adds `selvage cordon`. */
export function addCordon(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('cordon')
    .description('keep new pods from nodes whose pods do not reach those of the others')
    .option('--node <names>', 'these nodes only; comma-separated, may be repeated', collectList)
    .addHelpText('after', epilogue(EPILOGUE, io))
    .action(async (flags: MendFlags) => {
      const { runCordon } = await import('./run-cordon.ts');
      finish(await runCordon(flags, io));
    });
  addMendFlags(command);
}

const EPILOGUE = `
It mends nothing: it is for the time until somebody can, as where a firewall is in the way. A node counts as cut off
when it does not reach more than half of the others. Pods that run there stay. Never more than a third of the nodes.

Without --yes it shows the plan and changes nothing, unless you type yes when it asks on a terminal.

Exit code: 0 done, or no node is to be cordoned, 1 only shown, or half done, 2 wrong command line, 3 too little is
known, rights are missing or another Selvage is mending; 130 interrupted.

Examples:
  selvage cordon                   which nodes, and why
  selvage cordon --node worker-2 --yes
  selvage undo                     uncordon what was cordoned so`;
