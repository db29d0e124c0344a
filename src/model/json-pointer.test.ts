// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonPointer, resolveJsonPointer } from '#model/json-pointer.ts';

describe('jsonPointer', () => {
  it('escapes slashes and tildes', () => {
    expect(jsonPointer('a/b', '~c', 3)).toBe('/a~1b/~0c/3');
  });

  it('leads to the value it was made for, whatever the keys', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (keys) => {
        const document = keys.reduceRight<unknown>(
          (inner, key) => Object.fromEntries([[key, inner]]),
          42,
        );

        expect(resolveJsonPointer(document, jsonPointer(...keys))).toBe(42);
      }),
    );
  });
});

describe('resolveJsonPointer', () => {
  it('gives the whole document for the empty pointer', () => {
    expect(resolveJsonPointer(7, '')).toBe(7);
  });

  it('gives undefined where nothing is', () => {
    expect(resolveJsonPointer({ a: [1] }, '/a/1')).toBeUndefined();
    expect(resolveJsonPointer({ a: 1 }, '/a/b')).toBeUndefined();
    expect(resolveJsonPointer({ a: 1 }, 'a')).toBeUndefined();
    expect(resolveJsonPointer({ a: 1 }, '/toString')).toBeUndefined();
  });
});
