// SPDX-License-Identifier: Apache-2.0

/**
 * Runs `work` for every item, at most `limit` at a time, and gives the results in the items' order. The first
 * rejection is passed on at once and no further item is begun.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const pending = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) {
      if (failed) return;
      results.set(index, await work(item));
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker);
  try {
    await Promise.all(workers);
  } finally {
    failed = true;
  }
  return items.map((_item, index) => results.get(index) as R);
}
