// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';

import { epilogue } from '../epilogue.ts';
import { addMendFlags, type MendFlags } from '../fix/fix-flags.ts';
import type { Io } from '../io.ts';

/** Adds `selvage recover`. */
export function addRecover(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('recover')
    .description('in an emergency: mend what is safe, else restart flannel, and show the cluster')
    .addHelpText('after', epilogue(RECOVER_EPILOGUE, io))
    .action(async (flags: MendFlags) => {
      const { runRecover } = await import('./run-recover.ts');
      finish(await runRecover(flags, io));
    });
  addMendFlags(command);
}

const RECOVER_EPILOGUE = `
First it does what 'selvage fix' does. Where pods still get no packets through, and nothing says that it takes a
person, it restarts flannel, one node after another, each verified before the next. At the end it shows the nodes,
the pods that do not run, and what the nodes use. Each plan is shown first, and asked about unless --yes is given.

Exit code: 0 healthy or recovered, 1 findings are left, or the plan was only shown, 2 wrong command line, 3 too
little is known, rights are missing or another Selvage is mending; 130 interrupted between two steps.

Examples:
  selvage recover                            the plan, and the state of the cluster
  selvage recover --yes                      go through with it`;
