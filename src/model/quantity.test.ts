// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameQuantity, memoryText, parseQuantity, quantityNumber } from '#model/quantity.ts';

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

describe('quantityNumber', () => {
  it.each([
    ['1e3', 1000],
    ['1E3', 1000],
    ['100m', 0.1],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['64Ki', 65_536],
    ['128974848', 128_974_848],
    ['9223372036854775807', 2 ** 63],
    ['123456n', 0.000123456],
    ['.5', 0.5],
    ['+1', 1],
    ['5.', 5],
    ['0.12345678901234', 0.12345678901234],
    ['.5Gi', 0.5 * 1024 ** 3],
    ['12e-1', 1.2],
  ])('reads %s', (text, value) => {
    expect(quantityNumber(text)).toBeCloseTo(value, 12);
  });

  it.each(['', '.', '+', 'Mi', '-1', '1 Gi', '1KB', '0x10', 'Infinity', 'NaN', '1e999', '1\n'])(
    'refuses %j',
    (text) => {
      expect(quantityNumber(text)).toBeUndefined();
    },
  );

  it('is a finite number or nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+-]?[0-9.]{0,30}[a-zA-Z0-9+-]{0,5}$/), (text) => {
        const value = quantityNumber(text);

        expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
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
