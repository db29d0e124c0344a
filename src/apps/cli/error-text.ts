// SPDX-License-Identifier: Apache-2.0

import { HistoryError } from '#history/history-error.ts';
import { isSourceError } from '#sources/source-error.ts';
import { printableText } from '#render/terminal/printable-text.ts';

import { EXIT } from './exit-code.ts';
import { Interruption, type Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** What a failure comes to: the lines for standard error, and the exit code. */
export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Tells a failure in at most three lines: what, why, what to do. Interruptions say nothing. Whatever is none of the
 * known kinds is a fault of Selvage itself; its stack is told only when SELVAGE_DEBUG is set.
 */
export function describeFailure(error: unknown, io: Io): Failure {
  const interruption = interruptionOf(error, io.signal);
  if (interruption !== undefined) return { text: '', exitCode: interruption.exitCode };
  if (error instanceof UsageError) {
    return { text: lines(`error: ${error.message}`, error.hint), exitCode: EXIT.usage };
  }
  if (isSourceError(error) || error instanceof HistoryError) {
    return {
      text: lines(`error: ${error.message}`, error.why, error.hint),
      exitCode: EXIT.notEnough,
    };
  }
  return { text: internalErrorText(error, io), exitCode: EXIT.notEnough };
}

function interruptionOf(error: unknown, signal: AbortSignal): Interruption | undefined {
  if (error instanceof Interruption) return error;
  return signal.aborted && signal.reason instanceof Interruption ? signal.reason : undefined;
}

function internalErrorText(error: unknown, { env, program }: Io): string {
  const thrown = error instanceof Error ? error : new Error(String(error));
  const text = lines(
    `error: ${program} failed by a fault of its own: ${thrown.message}`,
    'This says nothing about the cluster.',
    'Run again with SELVAGE_DEBUG=1 and report what it prints.',
  );
  const isDebugging = (env['SELVAGE_DEBUG'] ?? '') !== '';
  const stack = isDebugging ? (thrown.stack ?? '').split('\n') : [];
  return text + stack.map((line) => `${printableText(line)}\n`).join('');
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${printableText(text)}\n`).join('');
}
