// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { structuredText } from './structured-text.ts';

const HOSTILE = 'web\u001b[2J\u009b31m\u202egpj\u2028';

describe('structuredText', () => {
  it.each(['json', 'yaml'] as const)('leaves no character as %s that does not show', (form) => {
    const text = structuredText(form, [{ name: HOSTILE, [HOSTILE]: 1 }]);

    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).toMatch(/\n$/);
  });

  it('gives back the same value when parsed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, name) => {
        const document = { value, name };
        const plain = JSON.stringify(document);
        const again = [
          JSON.parse(structuredText('json', document)) as unknown,
          parse(structuredText('yaml', document)) as unknown,
        ];

        // As text, for JSON knows no -0 and YAML does.
        expect(again.map((each) => JSON.stringify(each))).toEqual([plain, plain]);
      }),
      { numRuns: 200 },
    );
  });
});
