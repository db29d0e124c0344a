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
