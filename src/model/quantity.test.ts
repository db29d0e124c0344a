// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameQuantity, memoryText, parseQuantity } from '#model/quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['0.5', 500_000_000n],
    ['1.', 1_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1E', 1_000_000_000_000_000_000_000_000_000n],
    ['2Gi', 2n * 1024n ** 3n * 1_000_000_000n],
    ['128974848', 128_974_848_000_000_000n],
    ['1500e-3', 1_500_000_000n],
    ['1n', 1n],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each([
    '',
    'Mi',
    '-1',
    '+1',
    '1 Gi',
    '1mi',
    '1KI',
    '1GB',
    '1e99',
    '.5',
    '1e3Mi',
    '1;ls',
    '1\n',
  ])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['bigint', 'undefined']).toContain(typeof parseQuantity(text));
      }),
    );
  });
});

describe('isSameQuantity', () => {
  it('compares values, not texts', () => {
    expect(isSameQuantity('0.5', '500m')).toBe(true);
    expect(isSameQuantity('1Gi', '1024Mi')).toBe(true);
    expect(isSameQuantity('1G', '1Gi')).toBe(false);
    expect(isSameQuantity('1G', undefined)).toBe(false);
  });
});

describe('memoryText', () => {
  it('gives back what it wrote, for any number of mebibytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (mebibytes) => {
        const value = parseQuantity(`${String(mebibytes)}Mi`) ?? 0n;

        expect(parseQuantity(memoryText(value))).toBe(value);
      }),
    );
  });
});
