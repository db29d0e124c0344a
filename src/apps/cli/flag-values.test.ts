// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';

import { collectList, durationMs } from './flag-values.ts';

describe('durationMs', () => {
  it.each([
    ['0', 0],
    ['30', 30_000],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['2h', 7_200_000],
  ])('reads %s', (text, milliseconds) => {
    expect(durationMs(text)).toBe(milliseconds);
  });

  it.each(['', '-1', 's', '1 s', '1d', '1e3', 'NaN', '9'.repeat(40)])('refuses %j', (text) => {
    expect(() => durationMs(text)).toThrow(InvalidArgumentError);
  });
});

describe('collectList', () => {
  it('takes commas and repetition, and drops empty parts', () => {
    expect(collectList('a, b,,', collectList('c'))).toEqual(['c', 'a', 'b']);
  });
});
