// SPDX-License-Identifier: Apache-2.0

import { expect, it } from 'vitest';

import { secondsText } from '#sources/kubernetes/seconds-text.ts';

it.each([
  [30_000, '30 s'],
  [2978.051785, '3 s'],
  [1500, '1.5 s'],
  [200, '0.2 s'],
  [0, '0 s'],
])('writes %d ms as %s', (milliseconds, text) => {
  expect(secondsText(milliseconds)).toBe(text);
});
