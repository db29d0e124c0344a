// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';

/** Address family, by its IP version. */
export type Family = 4 | 6;

/** A range of addresses: `length` leading bits of `value` are fixed, the others are zero. */
export interface Prefix {
  readonly family: Family;
  /** Network address as a number. */
  readonly value: bigint;
  /** 0 to 32 or 128. */
  readonly length: number;
}

/** Bits of an address of the family. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Family of an address text; undefined when it is no address. */
export function familyOf(address: string): Family | undefined {
  if (isIPv4(address)) return 4;
  return isIPv6(address) && !address.includes('%') ? 6 : undefined;
}

/** Texts whose number is remembered: a packet on its way has the same few addresses looked up again and again. */
const REMEMBERED = 10_000;
const numbers = new Map<string, bigint | undefined>();

/** Number of an address; undefined when the text is no address. */
export function parseAddress(address: string): bigint | undefined {
  const known = numbers.get(address);
  if (known !== undefined || numbers.has(address)) return known;
  const value = numberOf(address);
  if (numbers.size >= REMEMBERED) numbers.clear();
  numbers.set(address, value);
  return value;
}

function numberOf(address: string): bigint | undefined {
  switch (familyOf(address)) {
    case 4:
      return parseIPv4(address);
    case 6:
      return parseIPv6(address);
    case undefined:
      return undefined;
  }
}

function parseIPv4(address: string): bigint {
  return BigInt(address.split('.').reduce((value, part) => value * 256 + Number(part), 0));
}

function parseIPv6(address: string): bigint {
  // The URL parser brings every spelling, embedded IPv4 included, to one of plain groups.
  const plain = canonicalIPv6(address);
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].reduce(
    (value, group) => value * 65536n + BigInt(`0x${group}`),
    0n,
  );
}

function canonicalIPv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** Text of an address, as the kernel's tools print it (RFC 5952 for IPv6). */
export function formatAddress(family: Family, value: bigint): string {
  if (family === 4) {
    const number = Number(value);
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
  }
  const digits = value.toString(16).padStart(32, '0');
  const groups = digits.match(/.{4}/g) ?? [];
  return canonicalIPv6(groups.join(':'));
}

/**
 * Parses `a.b.c.d/n`, a bare address (a prefix of full length), or for IPv6 the same.
 * Bits beyond the length are cleared. Undefined when the text is neither.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', lengthText, ...rest] = text.split('/');
  const family = familyOf(address);
  const value = parseAddress(address);
  if (family === undefined || value === undefined || rest.length > 0) return undefined;
  const bits = addressBits(family);
  if (lengthText === undefined) return { family, value, length: bits };
  const length = Number(lengthText);
  if (!/^\d{1,3}$/.test(lengthText) || length > bits) return undefined;
  return { family, value: maskTo(family, value, length), length };
}

/**
 * Like {@link parsePrefix}, for texts that the simulation itself made.
 *
 * @throws RangeError when the text is no prefix
 */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new RangeError(`not an address prefix: ${text}`);
  return prefix;
}

/** Clears the bits beyond `length`. */
export function maskTo(family: Family, value: bigint, length: number): bigint {
  const host = BigInt(addressBits(family) - length);
  return (value >> host) << host;
}

/** Text of a prefix, always with its length. */
export function formatPrefix({ family, value, length }: Prefix): string {
  return `${formatAddress(family, value)}/${String(length)}`;
}

/** Whether an address of the same family lies in the prefix. */
export function containsAddress(prefix: Prefix, value: bigint): boolean {
  return maskTo(prefix.family, value, prefix.length) === prefix.value;
}

/** Last address of the prefix. */
export function lastAddress({ family, value, length }: Prefix): bigint {
  return value + (1n << BigInt(addressBits(family) - length)) - 1n;
}
