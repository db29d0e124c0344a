// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { columns, hang, wrap } from './wrap.ts';

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/u), { minLength: 1, maxLength: 40 });

describe('wrap', () => {
  it('loses no word and keeps lines within the width', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (list, width) => {
        const lines = wrap(list.join(' '), width);

        expect(lines.join(' ')).toBe(list.join(' '));
        expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('leaves a word that is wider than the line whole', () => {
    expect(wrap('see https://example.invalid/a/long/path now', 10)).toEqual([
      'see',
      'https://example.invalid/a/long/path',
      'now',
    ]);
  });
});

describe('hang', () => {
  it('puts the mark before the first line and indents the others', () => {
    expect(hang('  ✗ ', 'one two three four five six', 24)).toEqual([
      '  ✗ one two three four',
      '    five six',
    ]);
  });
});
