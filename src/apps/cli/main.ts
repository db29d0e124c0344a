// SPDX-License-Identifier: Apache-2.0

// The only file, but for the launcher of the bundle, that touches the process. It loads no more than it takes to read the command line.

import { createInterface } from 'node:readline/promises';

import { runCommandLine } from './command-line.ts';
import { Interruption, programName } from './io.ts';

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

const interrupt = new AbortController();
for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
  // Once: whoever presses Ctrl-C twice is not made to wait for the clean-up.
  process.once(signal, () => interrupt.abort(new Interruption(128 + number)));
}

// Whoever reads us may stop reading (`| head`); the exit code still tells the result.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // On a terminal the interface takes Ctrl-C for itself.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal: interrupt.signal });
  } catch (error) {
    if (interrupt.signal.aborted) return '';
    throw error;
  } finally {
    lines.close();
  }
}

const exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupt.signal,
  ask: process.stdin.isTTY && process.stdout.isTTY ? ask : undefined,
  program: programName(process.argv[1] ?? ''),
});
// What was written is flushed before the process ends; connections that a server keeps open do not hold it.
process.stdout.write('', () => process.exit(exitCode));
