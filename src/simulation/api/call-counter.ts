// SPDX-License-Identifier: Apache-2.0

/** Counts requests by verb and resource, e.g. `list nodes`, `get pods/exec`, `patch nodes/status`. */
export class CallCounter {
  readonly #counts = new Map<string, number>();

  /** Adds one call; resource with group and subresource, as `daemonsets.apps/status`. */
  add(verb: string, resource: string): void {
    const key = `${verb} ${resource}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Calls so far; 0 when there were none. */
  count(verb: string, resource: string): number {
    return this.#counts.get(`${verb} ${resource}`) ?? 0;
  }

  /** All calls so far, discovery included. */
  get total(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  /** All counts, keyed `verb resource`, in order of key. */
  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Starts again from zero. */
  reset(): void {
    this.#counts.clear();
  }
}
