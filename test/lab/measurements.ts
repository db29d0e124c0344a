// SPDX-License-Identifier: Apache-2.0

import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Milliseconds by what was measured; printed after the run. */
    measurementsMs?: Record<string, readonly number[]>;
  }
}

/** Hands measured times of this test to the reporter. */
export function recordMeasurement(
  context: TestContext,
  what: string,
  valuesMs: readonly number[],
): void {
  context.task.meta.measurementsMs = { ...context.task.meta.measurementsMs, [what]: valuesMs };
}

/** `min / median / max` of at least one value, in whole milliseconds. */
export function summarise(valuesMs: readonly number[]): string {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  const parts = [sorted.at(0) ?? Number.NaN, (low + high) / 2, sorted.at(-1) ?? Number.NaN];
  return parts.map((value) => String(Math.round(value))).join(' / ');
}
