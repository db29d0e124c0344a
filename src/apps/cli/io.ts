// SPDX-License-Identifier: Apache-2.0

/** A stream that text, or the bytes of a file, is written to; what `process.stdout` is to a process. */
export interface TextOutput {
  write(text: string | Uint8Array): unknown;
  /** Whether a person sees it. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal; absent when it is none. */
  readonly columns?: number | undefined;
}

/** All that the command line touches of its process. Only the entry file makes it from a real one. */
export interface Io {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the person interrupts; the reason is an {@link Interruption}. */
  readonly signal: AbortSignal;
  /** Asks the person and waits for a line; absent where nobody can answer. Empty when they interrupt. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** How the person called it: `selvage` or `kubectl selvage`. */
  readonly program: string;
}

/** The run was ended by a signal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  /** 128 plus the number of the signal, as shells have it. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('The run was interrupted.');
    this.exitCode = exitCode;
  }
}

/** `kubectl selvage` when the file that was run is called like a kubectl plugin, else `selvage`. */
export function programName(scriptPath: string): string {
  const baseName = scriptPath.split(/[\\/]/u).at(-1) ?? '';
  return baseName.startsWith('kubectl-') ? 'kubectl selvage' : 'selvage';
}
