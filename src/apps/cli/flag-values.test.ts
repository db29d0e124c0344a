// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';

import { collectList, durationFrom, durationMs, durationText } from './flag-values.ts';

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

describe('durationFrom', () => {
  it('takes what is neither too short nor too long', () => {
    expect(durationFrom(1000)('1s')).toBe(1000);
    expect(durationFrom(1000)('576h')).toBe(2_073_600_000);
  });

  it.each(['0', '999ms', '577h', 'x'])('refuses %s', (text) => {
    expect(() => durationFrom(1000)(text)).toThrow(InvalidArgumentError);
  });
});

describe('durationText', () => {
  it.each([
    [0, '0s'],
    [1, '1s'],
    [45_000, '45s'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [3_605_000, '1h0m5s'],
    [3_660_000, '1h1m'],
  ])('writes %d ms as %s, which durationMs reads', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
    expect(durationMs(text)).toBe(Math.max(milliseconds, milliseconds === 1 ? 1000 : 0));
  });
});
