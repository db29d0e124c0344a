// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { isRecent } from '#expected/elapsed-time.ts';

const NOW = '2026-11-24T12:00:00.000Z';

describe('isRecent', () => {
  it.each([
    ['2026-11-24T11:59:01Z', true],
    ['2026-11-24T11:59:00Z', false],
    ['2026-11-24T12:00:30Z', true],
    ['2026-11-24T13:59:30+02:00', true],
    ['', false],
  ])('within a minute, %j is %s', (start, recent) => {
    expect(isRecent(NOW, start, 60)).toBe(recent);
  });
});
