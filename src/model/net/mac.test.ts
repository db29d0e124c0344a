// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { parseMac } from '#model/net/mac.ts';

describe('parseMac', () => {
  it('lowers the case', () => {
    expect(parseMac('8E:47:0A:00:FF:01')).toBe('8e:47:0a:00:ff:01');
  });

  it.each([
    '',
    '8e:47:0a:00:ff',
    '8e-47-0a-00-ff-01',
    '8e:47:0a:00:ff:01:02',
    '8e:47:0a:00:ff:0g',
    ' 8e:47:0a:00:ff:01',
  ])('refuses %j', (text) => {
    expect(parseMac(text)).toBeUndefined();
  });
});
