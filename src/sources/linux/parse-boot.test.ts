// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseBoot } from '#sources/linux/parse-boot.ts';
import { LinuxParseError } from '#sources/linux/parse-error.ts';

const ID = '6f1f7b4e-8b53-4a8e-9b2f-0c5d3e6a7b81';

describe('parseBoot', () => {
  it('reads the id and the instant', () => {
    expect(parseBoot(`${ID}\nbtime 1767225600\n`)).toEqual({
      bootId: ID,
      bootedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it.each([
    ['no id', 'btime 1767225600\n'],
    ['no time', `${ID}\n`],
    ['a time that is none', `${ID}\nbtime soon\n`],
    ['a time beyond all clocks', `${ID}\nbtime 123456789012\n`],
    ['nothing', ''],
  ])('refuses output with %s', (_what, text) => {
    expect(() => parseBoot(text)).toThrow(LinuxParseError);
  });

  it('throws nothing but its own error for any text', () => {
    const outcome = (text: string): unknown => {
      try {
        return Date.parse(parseBoot(text).bootedAt) >= 0;
      } catch (error) {
        return error instanceof LinuxParseError;
      }
    };
    const line = fc.oneof(fc.constant(ID), fc.string(), fc.constant('btime 1'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(outcome(lines.join('\n'))).toBe(true);
      }),
    );
  });
});
