// SPDX-License-Identifier: Apache-2.0

/** Most values that share a key before further ones are no longer shared: keeps hostile input linear. */
const MAX_BUCKET = 64;

/**
 * Makes equal values of one run one frozen object.
 *
 * A peer's route, neighbour and FDB entry is the same on every node: at 1,000 nodes three million entries are three
 * thousand objects. One interner lives as long as one run and holds values of one type.
 */
export class Interner<T extends object> {
  readonly #buckets = new Map<string, T[]>();

  /**
   * The value kept under the key that equals `candidate`, or the candidate itself, frozen and kept from now on.
   *
   * @param key a field of the value that tells most values apart
   * @param same compares all fields
   */
  intern(key: string, candidate: T, same: (a: T, b: T) => boolean): T {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#buckets.set(key, [Object.freeze(candidate)]);
      return candidate;
    }
    for (const known of bucket) if (same(known, candidate)) return known;
    if (bucket.length < MAX_BUCKET) bucket.push(Object.freeze(candidate));
    return Object.freeze(candidate);
  }
}
