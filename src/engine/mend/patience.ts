// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import { isSourceError } from '#sources/source-error.ts';

const POLL_MS = 1000;

/**
 * Calls until it works, while the other side fails in a way that may pass: an API server that restarts is away for
 * half a minute, and what was changed has to be verified all the same.
 *
 * @throws SourceError the last one, when the time is over or it is none that passes
 */
export async function patiently<T>(call: () => Promise<T>, waitMs: number): Promise<T> {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const passes = isSourceError(error) && error.retryable && error.code !== 'cancelled';
      if (!passes || performance.now() >= until) throw error;
    }
    await sleep(POLL_MS);
  }
}
