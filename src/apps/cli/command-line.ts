// SPDX-License-Identifier: Apache-2.0

import { Argument, Command, CommanderError, Option } from 'commander';

import { DEFAULT_COMMANDS, READING_COMMANDS } from '#engine/reading-commands.ts';

import type { AccessFlags } from './access/access-flags.ts';
import { readingCommands } from './access/reading-commands.ts';
import type { CheckFlags } from './check/check-flags.ts';
import { OUTPUT_FORMATS, outputFormat } from './check/output-formats.ts';
import { type Shell, SHELLS } from './completion/shell-scripts.ts';
import { addConnectionFlags, CONNECTION_FLAGS } from './connection-flags.ts';
import type { DemoFlags } from './demo/run-demo.ts';
import { epilogue } from './epilogue.ts';
import { describeFailure } from './error-text.ts';
import { EXIT } from './exit-code.ts';
import {
  collectList,
  durationFrom,
  durationMs,
  MAX_CONCURRENCY,
  numberUpTo,
} from './flag-values.ts';
import { addReadingFlags, READING_FLAGS } from './reading-flags.ts';
import type { Io } from './io.ts';
import { addMendingCommands } from './mending-commands.ts';
import { addResourceCommands } from './resource-commands.ts';
import type { SnapshotFlags } from './snapshot/snapshot-flags.ts';

/**
 * Runs one command line and returns its exit code; throws nothing. Each command's code is loaded when it is
 * called, so that the light ones start fast.
 *
 * @param argv the arguments alone, without the runtime and the script
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.healthy;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    if (argv[0] === '__complete') {
      const { runComplete } = await import('./completion/run-completion.ts');
      return await runComplete(program, argv.slice(1), io);
    }
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.healthy : EXIT.usage;
    const failure = describeFailure(error, io);
    io.stderr.write(failure.text);
    return failure.exitCode;
  }
}

type Finish = (exitCode: number) => void;

function buildProgram(io: Io, finish: Finish): Command {
  const program = new Command(io.program)
    .description(
      'Finds out whether Flannel holds what it has to hold, for every pair of nodes of a cluster.\n' +
        'It reads, and changes nothing but what you agree to.',
    )
    .helpCommand('help [command]', 'show the help of a command')
    .helpOption('-h, --help', 'show this help');
  listenTo(program, io);
  addCheck(program, io, finish);
  addMendingCommands(program, io, finish);
  addResourceCommands(program, io, finish);
  addSnapshot(program, io, finish);
  addExplain(program, io, finish);
  addAccess(program, io, finish);
  addDemo(program, io, finish);
  addCompletion(program, io, finish);
  addVersion(program, io, finish);
  for (const command of program.commands) {
    listenTo(command, io);
    command.showHelpAfterError(`Run '${io.program} ${command.name()} --help' for its flags.`);
  }
  return program.showHelpAfterError(`Run '${io.program} --help' for the commands.`);
}

/** Keeps commander off the process: errors are thrown, text goes to the given streams. */
function listenTo(command: Command, { stdout, stderr }: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 100),
    getErrHelpWidth: () => Math.min(stderr.columns ?? 100, 100),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
}

function addCheck(program: Command, io: Io, finish: Finish): void {
  const command = program
    .command('check')
    .description('compare what every node holds with what it has to hold')
    .addOption(
      new Option('-o, --output <format>', `form of the output: ${OUTPUT_FORMATS.join(', ')}`)
        .argParser(outputFormat)
        .default('table'),
    )
    .option('--only <ids>', 'run these checks only; comma-separated, may be repeated', collectList)
    .option('--skip <ids>', 'leave these checks out; comma-separated, may be repeated', collectList)
    .option(
      '--node <names>',
      'check these nodes only; comma-separated, may be repeated',
      collectList,
    )
    .addOption(
      new Option('--fail-on <severity>', 'mildest severity that makes the exit code 1')
        .choices(['critical', 'warning'])
        .default('warning'),
    )
    .option('--suppressions <file>', 'YAML file of findings that are known and do not count')
    .option('--allow-unknown', 'exit 0 although part could not be checked')
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .addOption(waitFlag())
    .addOption(watchFlag())
    .option(
      '--interval <duration>',
      'time between two checks; default 10s with --wait, 30s with --watch',
      durationFrom(1000),
    )
    .addOption(probeFlag())
    .option(
      '--no-history',
      'do not keep the report in the history; so does the variable SELVAGE_NO_HISTORY',
    )
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addOption(bundleFlag('judge'))
    .addHelpText('after', epilogue(CHECK_EPILOGUE, io))
    .action(async (flags: CheckFlags) => {
      const { runCheck } = await import('./check/run-check.ts');
      if (flags.bundle !== undefined) {
        const { bundleServices } = await import('./check/bundle-services.ts');
        finish(await runCheck(flags, io, bundleServices(flags.bundle, io)));
        return;
      }
      const { liveServices } = await import('./check/live-services.ts');
      const { reportKeeper } = await import('./history/keep-report.ts');
      finish(await runCheck(flags, io, { ...liveServices(io.env), ...reportKeeper(flags, io) }));
    });
  addConnectionFlags(addReadingFlags(command));
}

function waitFlag(): Option {
  return new Option(
    '--wait <duration>',
    'check until all is well, at most so long, then report: 30s, 5m',
  )
    .argParser(durationFrom(1000))
    .conflicts(['watch', 'bundle']);
}

function watchFlag(): Option {
  return new Option(
    '--watch',
    'check until interrupted, and report when the judgement changes',
  ).conflicts(['bundle']);
}

/** What is said of a connection or of reading has no meaning for a file. */
function bundleFlag(verb: string): Option {
  return new Option(
    '--bundle <file>',
    `${verb} a bundle of 'selvage snapshot'; asks no cluster`,
  ).conflicts([...CONNECTION_FLAGS, ...READING_FLAGS, 'nodeTimeout', 'concurrency', 'probe']);
}

/** Without a default of its own, so that a bundle, which asks nobody, does not conflict with it. */
function probeFlag(): Option {
  return new Option(
    '--probe <extent>',
    'pings between nodes: none; light (the default), to at most 23 peers of each; all, to at most 50',
  ).choices(['none', 'light', 'all']);
}

function addSnapshot(program: Command, io: Io, finish: Finish): void {
  const command = program
    .command('snapshot')
    .description("write what a check reads into a file, without secrets, for 'check --bundle'")
    .option(
      '-f, --file <file>',
      "file to write, '-' for standard output; default <context>-<time>.selvage.json.gz",
    )
    .option('--force', 'replace a file of that name')
    .addOption(new Option('--bundle <file>', 'refused, with the reason').hideHelp())
    .option(
      '--node <names>',
      'read these nodes only; comma-separated, may be repeated',
      collectList,
    )
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .addOption(probeFlag())
    .action(async (flags: SnapshotFlags) => {
      const { runSnapshot } = await import('./snapshot/run-snapshot.ts');
      const { liveServices } = await import('./check/live-services.ts');
      finish(await runSnapshot(flags, io, liveServices(io.env)));
    });
  addConnectionFlags(addReadingFlags(command));
}

function addExplain(program: Command, io: Io, finish: Finish): void {
  program
    .command('explain')
    .description('show what a check finds, why it matters and what to do; without an id, list all')
    .argument('[id]', 'id of a check, e.g. route-missing')
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .action(async (id: string | undefined, flags: { readonly color: boolean }) => {
      const { runExplain } = await import('./explain/run-explain.ts');
      finish(await runExplain(id, flags, io));
    });
}

function addAccess(program: Command, io: Io, finish: Finish): void {
  const command = program
    .command('access')
    .description('show which ways into each node work, and which rights are there or missing')
    .addOption(outputFlag('table', 'json', 'yaml'))
    .addOption(
      new Option(
        '--print-rbac',
        'print the roles that hold what reading needs, and no more; ask nobody',
      ).conflicts('bundle'),
    )
    .option('--repair', 'with --print-rbac: what mending needs on top of that')
    .option(
      '--kubelets',
      'with --print-rbac: nodes/proxy as well, for usage without metrics-server; a strong right',
    )
    .addOption(
      new Option(
        '--for <commands>',
        `with --print-rbac: for these commands only, of ${READING_COMMANDS.join(', ')}; default: ${DEFAULT_COMMANDS.join(', ')}`,
      )
        .argParser(readingCommands)
        .conflicts('repair'),
    )
    .option(
      '--subject <who>',
      'who gets the printed roles: serviceaccount:NAMESPACE:NAME, user:NAME or group:NAME',
    )
    .option('--node <names>', 'try these nodes only; comma-separated, may be repeated', collectList)
    .option('--node-timeout <duration>', 'limit for reading one node: 10s, 1m', durationMs)
    .option('--concurrency <number>', 'nodes read at the same time', numberUpTo(MAX_CONCURRENCY))
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .addOption(bundleFlag('tell what was asked and tried for'))
    .addHelpText('after', epilogue(ACCESS_EPILOGUE, io))
    .action(async (flags: AccessFlags) => {
      const { printReaderRole, runAccess } = await import('./access/run-access.ts');
      if (flags.printRbac) {
        finish(printReaderRole(flags, io));
        return;
      }
      if (flags.bundle !== undefined) {
        const { bundleServices } = await import('./check/bundle-services.ts');
        finish(await runAccess(flags, io, bundleServices(flags.bundle, io)));
        return;
      }
      const { liveServices } = await import('./check/live-services.ts');
      finish(await runAccess(flags, io, liveServices(io.env)));
    });
  addConnectionFlags(addReadingFlags(command));
}

function addDemo(program: Command, io: Io, finish: Finish): void {
  program
    .command('demo')
    .description(
      'show a broken node, and mend it, on a simulated cluster inside this process; touches nothing else',
    )
    .addOption(
      new Option('--list', 'list the faults that the simulated cluster knows').conflicts([
        'fault',
        'interactive',
      ]),
    )
    .option('--fault <name>', 'show this fault instead')
    .option('--interactive', 'serve the cluster to your own commands until Ctrl-C')
    .option('--no-color', 'no colours; so does the variable NO_COLOR')
    .action(async (flags: DemoFlags) => {
      const { runDemo } = await import('./demo/run-demo.ts');
      finish(await runDemo(flags, io));
    });
}

function addCompletion(program: Command, io: Io, finish: Finish): void {
  program
    .command('completion')
    .description('print a script that completes the command line in your shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', epilogue(COMPLETION_EPILOGUE, { program: 'selvage' }))
    .action(async (shell: Shell) => {
      const { runCompletion } = await import('./completion/run-completion.ts');
      finish(runCompletion(shell, io));
    });
}

function addVersion(program: Command, io: Io, finish: Finish): void {
  program
    .command('version')
    .description('show the version')
    .addOption(outputFlag())
    .action(async ({ output }: { readonly output: 'table' | 'json' }) => {
      const { runVersion } = await import('./version/run-version.ts');
      finish(runVersion(output, io));
    });
}

function outputFlag(...formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'form of the output')
    .choices(formats.length === 0 ? ['table', 'json'] : formats)
    .default('table');
}

const CHECK_EPILOGUE = `
Exit code: 0 healthy, 1 findings, 2 wrong command line, 3 could not check enough to say.

Examples:
  selvage check                          the cluster of the current context
  selvage check --context prod -o json   the report, for a program
  selvage check -o html > report.html    one page to attach to an issue
  selvage check --node worker-2          what one node holds
  selvage check --wait 5m                after a repair: until all is well
  selvage check --bundle prod.gz         a cluster as it was, from the file of 'selvage snapshot'`;

const ACCESS_EPILOGUE = `
Exit code: 0 everything that a check needs can be read, 2 wrong command line, 3 something cannot.

Examples:
  selvage access --as alice                            what alice can read
  selvage access --print-rbac | kubectl apply -f -     make a ServiceAccount that can read it all
  selvage access --print-rbac --subject user:alice     the same for a user
  selvage access --print-rbac --for trend,record       what these commands read, and nothing else`;

const COMPLETION_EPILOGUE = `
Load it:
  bash         source <(selvage completion bash)
  zsh          source <(selvage completion zsh)
  fish         selvage completion fish | source
  powershell   selvage completion powershell | Out-String | Invoke-Expression
For 'kubectl selvage', put kubectl_complete-selvage beside kubectl-selvage into your PATH (kubectl 1.26 or newer).`;
