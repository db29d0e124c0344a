// SPDX-License-Identifier: Apache-2.0

/** How many pieces of work run at a time. */
export interface WorkLimit {
  readonly atOnce: number;
  /**
   * Milliseconds after which work that has not ended no longer counts, so that work which waits for nobody does not
   * hold up the rest. Absent: it counts to its end.
   */
  readonly patienceMs?: number;
}

/**
 * Runs `work` for every item, within a limit, and gives the results in the items' order. The first rejection is
 * passed on at once and no further item is begun.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  { atOnce, patienceMs }: WorkLimit,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const pending = items.entries();
  const late: Promise<void>[] = [];
  let failed = false;
  let fail: (reason: unknown) => void = () => undefined;
  const failure = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failure.catch(() => undefined);
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) {
      if (failed) return;
      const running = work(item).then((result) => {
        results.set(index, result);
      });
      running.catch(fail);
      if (!(await endsWithin(running, patienceMs))) late.push(running);
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, worker);
  try {
    await Promise.race([Promise.all(workers).then(() => Promise.all(late)), failure]);
  } finally {
    failed = true;
  }
  return items.map((_item, index) => results.get(index) as R);
}

/** Whether work ends in time. @throws what the work throws */
async function endsWithin(work: Promise<void>, ms: number | undefined): Promise<boolean> {
  if (ms === undefined) {
    await work;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  try {
    return await Promise.race([work.then(() => true as const), patience]);
  } finally {
    clearTimeout(timer);
  }
}
