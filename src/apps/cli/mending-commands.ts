// SPDX-License-Identifier: Apache-2.0

import { Argument, type Command, Option } from 'commander';

import type { Risk } from '#model/plan.ts';

import type { AuditFlags } from './audit/run-audit.ts';
import { addConnectionFlags } from './connection-flags.ts';
import { addCordon } from './cordon/cordon-command.ts';
import { epilogue } from './epilogue.ts';
import { addMendFlags, DEFAULT_MAX_RISK, type FixFlags, MEND_FORMATS } from './fix/fix-flags.ts';
import { collectList } from './flag-values.ts';
import { addInstall } from './install/install-command.ts';
import type { Io } from './io.ts';
import { addRecover } from './recover/recover-command.ts';
import type { RestartFlags } from './restart/run-restart.ts';
import { addTune } from './tune/tune-command.ts';
import type { UndoFlags } from './undo/run-undo.ts';

const RISKS: readonly Risk[] = ['none', 'node', 'cluster'];

/** Adds the commands that change something, and the one that tells what was changed. */
export function addMendingCommands(
  program: Command,
  io: Io,
  finish: (exitCode: number) => void,
): void {
  addFix(program, io, finish);
  addUndo(program, io, finish);
  addAudit(program, io, finish);
  addRestart(program, io, finish);
  addRecover(program, io, finish);
  addTune(program, io, finish);
  addInstall(program, io, finish);
  addCordon(program, io, finish);
}

function addFix(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('fix')
    .description(
      'plan the smallest change that mends what a check finds, and apply it with consent',
    )
    .option(
      '--only <ids>',
      'treat only what these checks find, or by these remedies; comma-separated, may be repeated',
      collectList,
    )
    .option(
      '--node <names>',
      'change these nodes only; comma-separated, may be repeated',
      collectList,
    )
    .addOption(
      new Option('--max-risk <risk>', 'greatest disturbance of traffic that a step may cause')
        .choices(RISKS)
        .default(DEFAULT_MAX_RISK),
    )
    .addOption(
      new Option('--plan <file>', "carry out a plan that 'fix -o yaml' wrote").conflicts([
        'only',
        'node',
      ]),
    )
    .addHelpText('after', epilogue(FIX_EPILOGUE, io))
    .action(async (flags: FixFlags) => {
      const { runFix } = await import('./fix/run-fix.ts');
      finish(await runFix(flags, io));
    });
  addMendFlags(command);
}

function addUndo(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('undo')
    .description('take back a change, or all changes of a run, if what they wrote is still there')
    .argument('[id]', "of a change or a run, from 'selvage audit'; default: the last run")
    .option('-y, --yes', 'do it without asking')
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .action(async (id: string | undefined, flags: UndoFlags) => {
      const { runUndo } = await import('./undo/run-undo.ts');
      finish(await runUndo(id, flags, io));
    });
  addConnectionFlags(command);
}

function addAudit(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('audit')
    .description('list the changes that you made in this cluster: why, before, after, verdict')
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(MEND_FORMATS)
        .default('table'),
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .action(async (flags: AuditFlags) => {
      const { runAudit } = await import('./audit/run-audit.ts');
      finish(await runAudit(flags, io));
    });
  addConnectionFlags(command);
}

function addRestart(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command('restart')
    .description('restart flannel on some nodes or all, one after another, each verified')
    .addArgument(new Argument('<what>', 'what to restart').choices(['flannel']))
    .option('--node <names>', 'on these nodes; comma-separated, may be repeated', collectList)
    .option('--all', 'on all nodes; the one that our own way leads over comes last')
    .action(async (_what: string, flags: RestartFlags) => {
      const { runRestart } = await import('./restart/run-restart.ts');
      finish(await runRestart(flags, io));
    });
  addMendFlags(command);
}

const FIX_EPILOGUE = `
Without --yes it shows the plan and changes nothing, unless you type yes when it asks on a terminal.

Exit code: 0 healthy or mended, 1 findings are left, 2 wrong command line, 3 too little is known, rights are
missing or another Selvage is mending; 130 interrupted between two steps.

Examples:
  selvage fix                                the plan
  selvage fix --yes                          carry it out, verify it, take back what did not help
  selvage fix --node worker-2 --only route-missing
  selvage fix --max-risk none --yes          nothing that could disturb a flow
  selvage undo                               take the last run back`;
