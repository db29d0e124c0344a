// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { codeSpan, markdownText } from './markdown-text.ts';

describe('markdownText', () => {
  it.each(['\\', '`', '*', '_', '{', '}', '[', ']', '(', ')', '<', '>', '!', '|', '~', '&', '$'])(
    'takes the meaning from %s',
    (sign) => {
      expect(markdownText(`a${sign}b`)).toBe(`a\\${sign}b`);
    },
  );

  it.each([
    ['<b>bold</b>', '\\<b\\>bold\\</b\\>'],
    ['[text](javascript:x)', '\\[text\\]\\(javascript\\:x\\)'],
    ['a | b', 'a \\| b'],
    ['www.example.com', 'www\\.example.com'],
    ['@all', '@<!-- -->all'],
    ['#1', '\\#<!-- -->1'],
  ])('lets %s be no markup', (text, escaped) => {
    expect(markdownText(text)).toBe(escaped);
  });
});

describe('codeSpan', () => {
  it.each([
    ['a|b', '`a\\|b`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['', '`  `'],
  ])('keeps %j in one cell', (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });
});
