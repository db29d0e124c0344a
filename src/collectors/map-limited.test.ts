// SPDX-License-Identifier: Apache-2.0

import { afterEach, describe, expect, it, vi } from 'vitest';
import { mapLimited } from '#collectors/map-limited.ts';

afterEach(() => {
  vi.useRealTimers();
});

interface Deferred {
  readonly promise: Promise<string>;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

function deferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('a promise begins at once');
  return { promise, ...settle };
}

describe('mapLimited', () => {
  it('keeps the order and never exceeds the limit', async () => {
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 20 }, (_, index) => index);

    const results = await mapLimited(items, { atOnce: 3 }, async (item) => {
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

    const mapping = mapLimited([1, 2, 3, 4], { atOnce: 1 }, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('two');
    });

    await expect(mapping).rejects.toThrow('two');
    expect(begun).toStrictEqual([1, 2]);
  });

  it('goes past work that does not end, and still waits for it', async () => {
    vi.useFakeTimers();
    const begun: string[] = [];
    const slow = deferred();

    const mapping = mapLimited(['slow', 'a', 'b'], { atOnce: 1, patienceMs: 2_000 }, (item) => {
      begun.push(item);
      return item === 'slow' ? slow.promise : Promise.resolve(item);
    });
    await vi.advanceTimersByTimeAsync(1_999);
    const before = [...begun];
    await vi.advanceTimersByTimeAsync(1);

    expect(before).toStrictEqual(['slow']);
    expect(begun).toStrictEqual(['slow', 'a', 'b']);
    slow.resolve('late');
    await expect(mapping).resolves.toStrictEqual(['late', 'a', 'b']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes on at once that late work failed', async () => {
    vi.useFakeTimers();
    const slow = deferred();
    const never = new Promise<string>(() => undefined);

    const mapping = mapLimited(['slow', 'never'], { atOnce: 1, patienceMs: 10 }, (item) =>
      item === 'slow' ? slow.promise : never,
    );
    await vi.advanceTimersByTimeAsync(11);
    slow.reject(new Error('late'));

    await expect(mapping).rejects.toThrow('late');
  });
});
