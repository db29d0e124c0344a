// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatAddress, parseAddress, sameAddress } from '#model/net/address.ts';

const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });

describe('parseAddress', () => {
  it.each([
    ['10.244.3.0', 4, 0x0af40300n],
    ['0.0.0.0', 4, 0n],
    ['255.255.255.255', 4, 0xffffffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['fd00:244::', 6, 0xfd000244n << 96n],
    ['2001:DB8:0:0:0:0:0:1', 6, (0x20010db8n << 96n) | 1n],
    ['::ffff:192.0.2.1', 6, 0xffffc0000201n],
  ] as const)('reads %s', (text, family, bits) => {
    expect(parseAddress(text)).toEqual({ family, bits });
  });

  it.each([
    '',
    '10.244.3',
    '10.244.3.0.1',
    '010.0.0.1',
    '10.0.0.256',
    '1e1.0.0.1',
    '10.0.0.1/24',
    ' 10.0.0.1',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'fe80::1%eth0',
    '12345::',
    '::1.2.3',
    '1.2.3.4::',
    '$(reboot)',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('reads back what formatAddress writes, for every IPv4 address', () => {
    fc.assert(
      fc.property(ipv4, (bits) => {
        expect(parseAddress(formatAddress({ family: 4, bits }))).toEqual({ family: 4, bits });
      }),
    );
  });

  it('reads back what formatAddress writes, for every IPv6 address', () => {
    fc.assert(
      fc.property(ipv6, (bits) => {
        expect(parseAddress(formatAddress({ family: 6, bits }))).toEqual({ family: 6, bits });
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseAddress(text)).not.toThrow();
      }),
    );
  });
});

describe('formatAddress', () => {
  it.each([
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['0:0:1:2:3:4:5:6', '::1:2:3:4:5:6'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
  ])('shortens %s to %s', (long, short) => {
    const address = parseAddress(long);

    expect(address && formatAddress(address)).toBe(short);
  });
});

describe('sameAddress', () => {
  it('sees through different spellings', () => {
    expect(sameAddress('FD00::1', 'fd00:0:0::1')).toBe(true);
  });

  it('is false for different addresses, families and texts that are none', () => {
    expect(sameAddress('10.0.0.1', '10.0.0.2')).toBe(false);
    expect(sameAddress('0.0.0.1', '::1')).toBe(false);
    expect(sameAddress('node2', 'node2')).toBe(false);
    expect(sameAddress('10.0.0.1', 'node2')).toBe(false);
    expect(sameAddress('node2', '10.0.0.1')).toBe(false);
  });
});
