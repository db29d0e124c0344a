// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseAddress } from '#model/net/address.ts';
import {
  type Cidr,
  cidrContains,
  cidrIncludes,
  cidrsOverlap,
  firstUsable,
  formatCidr,
  networkAddress,
  parseCidr,
  sameCidr,
} from '#model/net/cidr.ts';

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`not a range: ${text}`);
  return parsed;
}

const anyCidr = fc
  .record({
    bits: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
    length: fc.integer({ min: 0, max: 32 }),
  })
  .map(({ bits, length }): Cidr => {
    const mask = (1n << BigInt(32 - length)) - 1n;
    return { family: 4, base: bits & ~mask, length };
  });

describe('parseCidr', () => {
  it('drops host bits', () => {
    expect(formatCidr(cidr('10.244.3.7/24'))).toBe('10.244.3.0/24');
    expect(formatCidr(cidr('fd00:244:0:1::9/64'))).toBe('fd00:244:0:1::/64');
  });

  it.each([
    '10.244.3.0',
    '10.244.3.0/',
    '10.244.3.0/33',
    '10.244.3.0/024',
    'x/24',
    '::/129',
    '10.0.0.0/8/8',
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  it('reads back what formatCidr writes', () => {
    fc.assert(
      fc.property(anyCidr, (range) => {
        expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
    );
  });
});

describe('networkAddress and firstUsable', () => {
  it('give what flannel gives its link and its bridge', () => {
    expect(networkAddress(cidr('10.244.3.0/24'))).toBe('10.244.3.0');
    expect(firstUsable(cidr('10.244.3.0/24'))).toBe('10.244.3.1/24');
    expect(firstUsable(cidr('fd00:244:0:1::/64'))).toBe('fd00:244:0:1::1/64');
  });

  it('stay inside a range of one address', () => {
    expect(firstUsable(cidr('10.0.0.4/32'))).toBe('10.0.0.4/32');
  });
});

describe('containment', () => {
  it('holds the range’s own addresses and no neighbour’s', () => {
    const range = cidr('10.244.3.0/24');

    expect(cidrContains(range, parseAddress('10.244.3.255') ?? { family: 4, bits: 0n })).toBe(true);
    expect(cidrContains(range, parseAddress('10.244.4.0') ?? { family: 4, bits: 0n })).toBe(false);
    expect(cidrContains(range, { family: 6, bits: range.base })).toBe(false);
  });

  it('of two overlapping ranges, one includes the other', () => {
    fc.assert(
      fc.property(anyCidr, anyCidr, (a, b) => {
        expect(cidrsOverlap(a, b)).toBe(cidrIncludes(a, b) || cidrIncludes(b, a));
        expect(cidrsOverlap(a, b)).toBe(cidrsOverlap(b, a));
      }),
    );
  });

  it('is mutual only for the same range', () => {
    fc.assert(
      fc.property(anyCidr, anyCidr, (a, b) => {
        expect(cidrIncludes(a, b) && cidrIncludes(b, a)).toBe(sameCidr(a, b));
      }),
    );
  });

  it('never crosses address families', () => {
    expect(cidrsOverlap(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
    expect(sameCidr(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false);
  });
});
