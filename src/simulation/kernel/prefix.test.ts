// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containsAddress,
  formatAddress,
  formatPrefix,
  lastAddress,
  parseAddress,
  parsePrefix,
} from './prefix.ts';

describe('addresses', () => {
  it('keep their value when an IPv4 number is printed and parsed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), (value) => {
        const text = formatAddress(4, value);

        expect(parseAddress(text)).toBe(value);
      }),
    );
  });

  it('keep their value when an IPv6 number is printed and parsed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        const text = formatAddress(6, value);

        expect(parseAddress(text)).toBe(value);
      }),
    );
  });

  it('print zero runs of IPv6 shortened', () => {
    expect(formatAddress(6, parseAddress('fd00:0244:0:4:0:0:0:0') ?? 0n)).toBe('fd00:244:0:4::');
  });

  it.each(['', '1.2.3', '1.2.3.256', 'fe80::1%eth0', '::g', '10.0.0.0/8'])('reject %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('prefixes', () => {
  it('lose the bits beyond their length', () => {
    const prefix = parsePrefix('10.244.3.7/24');

    expect(prefix === undefined ? '' : formatPrefix(prefix)).toBe('10.244.3.0/24');
  });

  it.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', 'x/8', '::/129'])('reject %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it('contain their first and last address and not the next', () => {
    const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 32 }), (value, length) => {
        const prefix = parsePrefix(`${formatAddress(4, value)}/${String(length)}`);
        fc.pre(prefix !== undefined);

        const last = lastAddress(prefix);

        expect(containsAddress(prefix, prefix.value)).toBe(true);
        expect(containsAddress(prefix, last)).toBe(true);
        expect(containsAddress(prefix, last + 1n)).toBe(false);
      }),
    );
  });
});
