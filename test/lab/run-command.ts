// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { dirname } from 'node:path';

/** Root of the repository. */
export const REPOSITORY: string = dirname(dirname(import.meta.dirname));

/** What a finished program left. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall-clock time from start to exit. */
  readonly wallTimeMs: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program in the repository's root, without a shell, and waits for its end.
 * A non-zero exit code is a result; a program that cannot be started or outlives `timeoutMs` throws.
 */
export function runCommand(
  file: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  const startedAt = performance.now();
  const options = { cwd: REPOSITORY, timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== 'number') {
        reject(new Error(`${file} ${args.join(' ')} did not finish: ${stderr}`, { cause: error }));
        return;
      }
      resolve({ exitCode, stdout, stderr, wallTimeMs: performance.now() - startedAt });
    });
  });
}
