// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { addressOrPath, bytes, labels, share } from './alert-values.ts';

describe('a share', () => {
  it.each([
    ['80%', 0.8],
    ['2.5%', 0.025],
    ['100%', 1],
    ['0.01%', 0.0001],
    ['0.8', 0.8],
    ['.8', 0.8],
    ['1', 1],
  ])('%s is %d', (text, ratio) => {
    expect(share(text)).toBe(ratio);
  });

  it.each(['0%', '101%', '80', '0', '-5%', '1.5', '8e1%', 'all', ''])('is not %j', (text) => {
    expect(() => share(text)).toThrow('from 0.01% to 100%');
  });
});

describe('an amount of memory', () => {
  it.each([
    ['200Mi', 209_715_200],
    ['1G', 1_000_000_000],
    ['4096', 4096],
  ])('%s is %d bytes', (text, expected) => {
    expect(bytes(text)).toBe(expected);
  });

  it.each(['0', '1m', '-1Mi', '200MB', '9999999Ei'])('is not %j', (text) => {
    expect(() => bytes(text)).toThrow('number with a unit');
  });
});

describe('a label', () => {
  it('is kept beside those before it', () => {
    expect(labels('example.com/a=', labels('release=prometheus'))).toEqual({
      release: 'prometheus',
      'example.com/a': '',
    });
  });

  it.each(['release', '=x', 'a b=c', 'a=b c', 'a={{ b }}', `a=${'b'.repeat(64)}`, 'A/b/c=d'])(
    'is not %j',
    (text) => {
      expect(() => labels(text)).toThrow('key=value');
    },
  );
});

describe('where the pages are', () => {
  it.each([
    ['https://example.com/a/', 'https://example.com/a'],
    ['docs/alerts', 'docs/alerts'],
    ['/usr/share/doc/selvage', '/usr/share/doc/selvage'],
  ])('may be %s', (text, expected) => {
    expect(addressOrPath(text)).toBe(expected);
  });

  it.each(['javascript:alert(1)', 'https://example.com/{{ .x }}', 'a b', 'https://', '', '/'])(
    'may not be %j',
    (text) => {
      expect(() => addressOrPath(text)).toThrow('or a path');
    },
  );
});
