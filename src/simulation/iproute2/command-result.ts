// SPDX-License-Identifier: Apache-2.0
import type { ExecResult } from '#simulation/workload-backend.ts';
import type { JsonValue } from './json-text.ts';
import { jsonText } from './json-text.ts';
import type { IpOptions } from './options.ts';

/** Ends a command with a text on standard error. iproute2: 1 for its own errors, 2 for the kernel's. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  /** What it had printed when it failed. */
  readonly stdout: string;

  constructor(message: string, exitCode: number, stdout = '') {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.stdout = stdout;
  }
}

/** A command that succeeded. */
export function success(stdout = ''): ExecResult {
  return { stdout, stderr: '', exitCode: 0 };
}

/** A command that failed with one line. */
export function failure(message: string, exitCode: number): ExecResult {
  return { stdout: '', stderr: `${message}\n`, exitCode };
}

/** A listing, in JSON or as the records' texts (each ending in a newline). */
export function listing<T>(
  items: readonly T[],
  options: IpOptions,
  json: (item: T) => JsonValue,
  text: (item: T) => string,
): ExecResult {
  if (options.json) return success(`${jsonText(items.map(json))}\n`);
  const texts = items.map(text);
  return success((options.oneline ? texts.map(onOneLine) : texts).join(''));
}

function onOneLine(record: string): string {
  return `${record.replace(/\n$/, '').replaceAll('\n', '\\')}\n`;
}

/** Texts of iproute2 that several commands share. */
export const MESSAGES = {
  cannotFind: (dev: string): string => `Cannot find device "${dev}"`,
  doesNotExist: (dev: string): string => `Device "${dev}" does not exist.`,
  badPrefix: (text: string): string => `Error: any valid prefix is expected rather than "${text}".`,
  badCommand: (command: string, help: string): string =>
    `Command "${command}" is unknown, try "${help}".`,
} as const;
