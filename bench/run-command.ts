// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What one run of a command took. */
export interface CommandCost {
  readonly wallMs: number;
  /** Peak resident memory in MiB; absent where /proc does not tell (macOS). */
  readonly peakMiB?: number;
  readonly exitCode: number;
  readonly stdout: string;
}

/** How often the peak is read, milliseconds. It only grows, so the last reading before the end counts. */
const SAMPLE_EVERY_MS = 20;

/** Runs this Node with the given arguments to its end and measures it from outside. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandCost> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let peakMiB: number | undefined;
  const sampler = setInterval(() => {
    peakMiB = peakOf(child.pid) ?? peakMiB;
  }, SAMPLE_EVERY_MS);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
  clearInterval(sampler);
  const wallMs = performance.now() - started;
  return { wallMs, exitCode, stdout, ...(peakMiB === undefined ? {} : { peakMiB }) };
}

/** VmHWM of a process, proc(5). */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
  } catch {
    return undefined;
  }
}

/** The middle value; of an even count the lower one. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('no values');
  return middle;
}
