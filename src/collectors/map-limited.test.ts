// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import { mapLimited } from '#collectors/map-limited.ts';

describe('mapLimited', () => {
  it('keeps the order and never exceeds the limit', async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 20 }, (_, index) => index);

    const results = await mapLimited(items, 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn <= item % 5; turn += 1) await Promise.resolve();
      running -= 1;
      return item * 2;
    });

    expect(results).toStrictEqual(items.map((item) => item * 2));
    expect(most).toBe(3);
  });

  it('begins nothing more after a failure', async () => {
    const begun: number[] = [];

    const mapping = mapLimited([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('two');
    });

    await expect(mapping).rejects.toThrow('two');
    expect(begun).toStrictEqual([1, 2]);
  });
});
