// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';

import { REPOSITORY, runCommand } from './run-command.ts';
import type { CommandResult } from './run-command.ts';

/** Path of the lab's program. */
export const LAB: string = join(REPOSITORY, 'lab/lab');

/** Longest that one lab command may take: a cold `lab up` under load, or a heal that restarts every flannel pod. */
const LAB_TIMEOUT_MS = 420_000;

const POLL_MS = 250;

/** Runs `lab ARGS`; any exit code is a result. */
export function tryLab(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(LAB, args, LAB_TIMEOUT_MS);
}

/** Runs `lab ARGS` and returns its standard output; throws with both outputs when it fails. */
export async function lab(...args: readonly string[]): Promise<string> {
  const result = await tryLab(...args);
  if (result.exitCode !== 0) {
    throw new Error(
      `lab ${args.join(' ')} exited with ${result.exitCode}\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

/** Reads an object or list as admin of the lab's cluster, in the given shape. */
export async function kubectlGet<Shape extends z.ZodType>(
  shape: Shape,
  ...args: readonly string[]
): Promise<z.output<Shape>> {
  return shape.parse(JSON.parse(await lab('kubectl', 'get', '-o', 'json', ...args)));
}

/** Waits until `condition` holds; throws, naming `what`, when it does not within `limitMs`. */
export async function waitUntil(
  what: string,
  limitMs: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(POLL_MS);
  }
}
