// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countText, shortText } from '#expected/short-text.ts';

describe('shortText', () => {
  it('leaves 60 characters as they are', () => {
    expect(shortText('x'.repeat(60))).toBe('x'.repeat(60));
  });

  it('shows that it cut', () => {
    expect(shortText('x'.repeat(61))).toBe(`${'x'.repeat(59)}…`);
  });

  it('never gives more than 60 characters, nor half of one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const short = shortText(text);

        expect(Array.from(short).length).toBeLessThanOrEqual(60);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('countText', () => {
  it('counts one thing and several', () => {
    expect([0, 1, 2].map((count) => countText(count, 'restart'))).toEqual([
      '0 restarts',
      '1 restart',
      '2 restarts',
    ]);
  });
});
