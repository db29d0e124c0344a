// SPDX-License-Identifier: Apache-2.0

import type { IpFamily } from '#model/kernel.ts';

/** An IP address as a number: `bits` is 0 to 2^32 - 1 for IPv4, 0 to 2^128 - 1 for IPv6. */
export interface Address {
  readonly family: IpFamily;
  readonly bits: bigint;
}

const DECIMAL_OCTET = /^(?:0|[1-9]\d{0,2})$/;
const HEX_GROUP = /^[0-9a-fA-F]{1,4}$/;

function parseIpv4Bits(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let bits = 0n;
  for (const part of parts) {
    if (!DECIMAL_OCTET.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    bits = (bits << 8n) | BigInt(octet);
  }
  return bits;
}

/** Hexadecimal groups of one side of `::`; an IPv4 tail, at the address's end only, counts as two groups. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (endsAddress && index === parts.length - 1 && part.includes('.')) {
      const tail = parseIpv4Bits(part);
      if (tail === undefined) return undefined;
      groups.push(Number(tail >> 16n), Number(tail & 0xffffn));
    } else if (HEX_GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function parseIpv6Bits(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

/**
 * Parses an IPv4 or IPv6 address in its strict textual form (RFC 4291; dotted quads without leading zeros).
 * Undefined for anything else: zones, prefixes, white space, host names.
 */
export function parseAddress(text: string): Address | undefined {
  const family: IpFamily = text.includes(':') ? 6 : 4;
  const bits = family === 6 ? parseIpv6Bits(text) : parseIpv4Bits(text);
  return bits === undefined ? undefined : { family, bits };
}

/** Longest run of two or more zero groups as [start, length]; the first one wins (RFC 5952). */
function longestZeroRun(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [-1, 1];
  let start = -1;
  for (const [index, group] of [...groups, 1].entries()) {
    if (group === 0) {
      if (start < 0) start = index;
      continue;
    }
    if (start >= 0 && index - start > best[1]) best = [start, index - start];
    start = -1;
  }
  return best;
}

/** The canonical text of an address (RFC 5952 for IPv6), as the kernel's tools print it. */
export function formatAddress(address: Address): string {
  if (address.family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((address.bits >> shift) & 0xffn)).join('.');
  }
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) =>
    Number((address.bits >> shift) & 0xffffn),
  );
  const hex = groups.map((group) => group.toString(16));
  const [start, length] = longestZeroRun(groups);
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Whether two texts name the same address; false when either is none. */
export function sameAddress(a: string, b: string): boolean {
  if (a === b) return parseAddress(a) !== undefined;
  const left = parseAddress(a);
  const right = parseAddress(b);
  if (left === undefined || right === undefined) return false;
  return left.family === right.family && left.bits === right.bits;
}
