// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { entryGroups } from '#expected/entry-groups.ts';

describe('entryGroups', () => {
  it('puts entries of one subject together and keeps the order', () => {
    const groups = entryGroups(['b1', 'a1', 'b2'], (text) => text.charAt(0));

    expect(groups).toEqual([['b1', 'b2'], ['a1']]);
  });

  it('makes no group of nothing', () => {
    expect(entryGroups([], String)).toEqual([]);
  });
});
