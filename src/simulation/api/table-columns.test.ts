// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { age } from './table-columns.ts';

describe('age', () => {
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [185, '3m5s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [4 * 3600 + 300, '4h5m'],
    [47 * 3600, '47h'],
    [49 * 3600, '2d1h'],
    [9 * 86400, '9d'],
    [800 * 86400, '2y'],
  ])('writes %i seconds as %s', (seconds, wanted) => {
    const now = new Date('2026-06-01T00:00:00Z');
    const since = new Date(now.getTime() - seconds * 1000).toISOString();

    const text = age(since, now);

    expect(text).toBe(wanted);
  });

  it('does not know the age of what has no time', () => {
    const text = age(undefined, new Date(0));

    expect(text).toBe('<unknown>');
  });
});
