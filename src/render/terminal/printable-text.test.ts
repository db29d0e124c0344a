// SPDX-License-Identifier: Apache-2.0

// cspell:ignore mred badgood узел

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MAX_TEXT_LENGTH, printableText } from './printable-text.ts';

describe('printableText', () => {
  it.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a window title', '\u001B]0;owned\u0007name', 'name'],
    ['C1 control characters', 'a\u009B31mb', 'ab'],
    ['bidirectional overrides', 'nod\u202Ee-1\u202C', 'node-1'],
    ['zero-width characters', 'no\u200Bde\uFEFF', 'node'],
    ['line feeds', 'a\n✓ 6 of 6 node pairs\r\nb', 'a ✓ 6 of 6 node pairs b'],
    ['backspaces', 'bad\b\b\bgood', 'badgood'],
    ['lone surrogates', 'a\uD800b', 'ab'],
    ['tag characters', 'a\u{E0041}b', 'ab'],
  ])('removes %s', (_, hostile, harmless) => {
    expect(printableText(hostile)).toBe(harmless);
  });

  it('cuts a text that is too long and says so', () => {
    expect(printableText('x'.repeat(MAX_TEXT_LENGTH + 1))).toBe(
      `${'x'.repeat(MAX_TEXT_LENGTH)}...`,
    );
  });

  it('shows other scripts as they are, and as question marks in ASCII', () => {
    expect(printableText('узел-1')).toBe('узел-1');
    expect(printableText('узел-1', false)).toBe('????-1');
  });

  it('leaves no character that does not show, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, unicode) => {
        expect(printableText(text, unicode)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('changes nothing when applied twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const once = printableText(text);

        expect(printableText(once)).toBe(once);
      }),
    );
  });
});
