// SPDX-License-Identifier: Apache-2.0

import { secondsText } from '#sources/kubernetes/seconds-text.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** A time limit of its own for something that is asked through the API server and may never answer. */
export interface TimeLimit {
  readonly ms: number;
  /** Of the caller, who may end it before. */
  readonly signal: AbortSignal;
  /** For the error: `list node metrics`. */
  readonly operation: string;
  readonly target: string;
}

/** Runs work until its time is over. @throws SourceError `timed-out`; what the work throws */
export async function withinTime<T>(
  { ms, signal, operation, target }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (cause) {
    if (!deadline.aborted || signal.aborted || !isSourceError(cause, 'cancelled')) throw cause;
    const detail = `no answer within ${secondsText(ms)}`;
    throw new SourceError('timed-out', { operation, target, detail, cause });
  }
}
