// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Reads a repeatable, comma-separated flag: `--only a,b --only c`. Empty parts are dropped. */
export function collectList(value: string, previous: readonly string[] = []): readonly string[] {
  const items = value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return [...previous, ...items];
}

/**
 * Reads a duration as kubectl does: a whole number of seconds, or numbers with the units h, m, s and ms (`1m30s`).
 *
 * @returns milliseconds; 0 means no limit.
 * @throws InvalidArgumentError for anything else.
 */
export function durationMs(value: string): number {
  if (/^\d{1,7}$/u.test(value)) return Number(value) * 1000;
  if (!/^(?:\d{1,7}(?:\.\d{1,3})?(?:ms|h|m|s))+$/u.test(value)) {
    throw new InvalidArgumentError('A duration is a number with a unit, like 30s, 1m or 500ms.');
  }
  const parts = value.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/gu);
  return [...parts].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}

/** Most nodes that are read at the same time. */
export const MAX_CONCURRENCY = 256;

/** Reads a whole number from 1 to `most`. */
export function numberUpTo(most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/u.test(value) || number < 1 || number > most) {
      throw new InvalidArgumentError(`It has to be a whole number from 1 to ${String(most)}.`);
    }
    return number;
  };
}

/** Reads a duration that something takes or lasts, from `leastMs` to 24 days. */
export function durationFrom(leastMs: number): (value: string) => number {
  return (value) => {
    const ms = durationMs(value);
    if (ms < leastMs || ms > LONGEST_MS) {
      throw new InvalidArgumentError(
        `It has to be from ${durationText(leastMs)} to ${durationText(LONGEST_MS)}.`,
      );
    }
    return ms;
  };
}

/** More than that is a slip, and timers know no delay beyond it (2^31 ms). */
const LONGEST_MS = 24 * 24 * 3_600_000;

/** A duration in whole seconds as kubectl writes it: `45s`, `5m`, `1h0m5s`. Rounded up. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0)
    return `${String(h)}h${m > 0 || s > 0 ? `${String(m)}m` : ''}${s > 0 ? `${String(s)}s` : ''}`;
  if (m === 0) return `${String(s)}s`;
  return `${String(m)}m${s > 0 ? `${String(s)}s` : ''}`;
}
