// SPDX-License-Identifier: Apache-2.0

const EMPTY: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * A table in two layers: a base that all nodes of a cluster share, and one node's own deviations.
 * With 5,000 nodes each holds almost the same 5,000 entries; only the deviations cost memory.
 */
export class LayeredTable<V> {
  #base: ReadonlyMap<string, V> = EMPTY;
  /** `undefined` hides the base's entry of that key. */
  readonly #own = new Map<string, V | undefined>();

  /** Reads one entry; undefined when there is none. */
  get(key: string): V | undefined {
    return this.#own.has(key) ? this.#own.get(key) : this.#base.get(key);
  }

  /** Adds or replaces one entry. */
  set(key: string, value: V): void {
    if (this.#base.get(key) === value) this.#own.delete(key);
    else this.#own.set(key, value);
  }

  /** Removes one entry, if there is one. */
  delete(key: string): void {
    if (this.#base.has(key)) this.#own.set(key, undefined);
    else this.#own.delete(key);
  }

  /** All entries: the base's in its order, then the node's own in the order they were made. */
  *entries(): Generator<[string, V]> {
    for (const [key, value] of this.#base) {
      const own = this.#own.has(key) ? this.#own.get(key) : value;
      if (own !== undefined) yield [key, own];
    }
    for (const [key, value] of this.#own) {
      if (value !== undefined && !this.#base.has(key)) yield [key, value];
    }
  }

  /** All values, in the order of {@link entries}. */
  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /**
   * Adds or replaces all entries of a base but those of the skipped keys, as if each were set alone;
   * other entries stay. The base must never change afterwards.
   */
  adopt(base: ReadonlyMap<string, V>, skip: ReadonlySet<string>): void {
    const kept = [...skip].map((key) => [key, this.get(key)] as const);
    if (base !== this.#base) {
      for (const [key, value] of this.#base) {
        if (!base.has(key) && !this.#own.has(key)) this.#own.set(key, value);
      }
      this.#base = base;
    }
    for (const [key, value] of this.#own) {
      if (base.has(key) || value === undefined) this.#own.delete(key);
    }
    for (const [key, value] of kept) {
      if (value === undefined) this.delete(key);
      else this.set(key, value);
    }
  }

  /** Replaces each value by `change(value)`, or removes it where that is undefined. */
  transform(change: (value: V) => V | undefined): void {
    const kept = [...this.entries()].map(([key, value]) => [key, value, change(value)] as const);
    if (kept.every(([, before, after]) => before === after)) return;
    this.#base = EMPTY;
    this.#own.clear();
    for (const [key, , value] of kept) {
      if (value !== undefined) this.#own.set(key, value);
    }
  }
}
