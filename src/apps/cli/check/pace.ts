// SPDX-License-Identifier: Apache-2.0

import { setTimeout as delay } from 'node:timers/promises';

/** Time, for commands that check more than once. */
export interface Pace {
  /** Milliseconds that only ever grow. */
  readonly nowMs: () => number;
  /** Ends after `ms`; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The time of this machine. */
export const REAL_PACE: Pace = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
};
