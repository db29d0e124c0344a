// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { definedFields } from '#model/defined-fields.ts';

describe('definedFields', () => {
  it('leaves out what is undefined, and nothing else', () => {
    const fields = definedFields({ a: undefined, b: null, c: 0, d: '', e: false });

    expect(Object.keys(fields)).toEqual(['b', 'c', 'd', 'e']);
  });
});
