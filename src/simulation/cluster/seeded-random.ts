// SPDX-License-Identifier: Apache-2.0

const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Random values that are the same for the same seed. */
export class SeededRandom {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 (inclusive) to 1 (exclusive); mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to `limit` - 1. */
  integer(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Lower-case hexadecimal digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.integer(16).toString(16)).join('');
  }

  /** A locally administered unicast MAC. */
  mac(): string {
    const first = (this.integer(256) & 0xfc) | 2;
    const octets = [first, ...Array.from({ length: 5 }, () => this.integer(256))];
    return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  }

  /** A version 4 UUID. */
  uuid(): string {
    const tail = `${'89ab'[this.integer(4)] ?? '8'}${this.hex(3)}`;
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${tail}-${this.hex(12)}`;
  }

  /** A suffix as Kubernetes gives to generated names. */
  nameSuffix(length = 5): string {
    return Array.from({ length }, () => NAME_LETTERS[this.integer(NAME_LETTERS.length)]).join('');
  }
}
