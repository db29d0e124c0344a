// SPDX-License-Identifier: Apache-2.0

/** A stream that keeps what is written to it. */
export interface CapturedOutput {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  write(text: string | Uint8Array): boolean;
  text(): string;
  /** All that was written; text as UTF-8. */
  bytes(): Uint8Array;
}

/** Streams and environment for a command line under test; a pipe with a UTF-8 locale unless told otherwise. */
export interface CapturedIo {
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly program: string;
}

/** What may differ between captured command lines. */
export interface CapturedOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  /** Of a terminal; absent: 100 on one, and not known in a pipe. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly program?: string;
}

/** Makes streams that keep what is written to them. */
export function capturedIo(options: CapturedOptions = {}): CapturedIo {
  const { env = {}, isTTY = false, program = 'selvage' } = options;
  const columns = options.columns ?? (isTTY ? 100 : undefined);
  return {
    stdout: capturedOutput(isTTY, columns),
    stderr: capturedOutput(isTTY, columns),
    env: { LANG: 'C.UTF-8', ...env },
    signal: options.signal ?? new AbortController().signal,
    program,
  };
}

function capturedOutput(isTTY: boolean, columns: number | undefined): CapturedOutput {
  const captured: Uint8Array[] = [];
  return {
    isTTY,
    columns,
    write(text) {
      captured.push(typeof text === 'string' ? Buffer.from(text) : text);
      return true;
    },
    text: () => Buffer.concat(captured).toString(),
    bytes: () => Buffer.concat(captured),
  };
}
