// SPDX-License-Identifier: Apache-2.0

import { type Address, formatAddress, parseAddress } from '#model/net/address.ts';
import type { IpFamily } from '#model/kernel.ts';

/** A range of addresses. `base` has no bits set beyond `length`. */
export interface Cidr {
  readonly family: IpFamily;
  readonly base: bigint;
  /** Prefix length: 0 to 32, or 0 to 128. */
  readonly length: number;
}

const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/;

function width(family: IpFamily): number {
  return family === 4 ? 32 : 128;
}

function hostMask(family: IpFamily, length: number): bigint {
  return (1n << BigInt(width(family) - length)) - 1n;
}

/**
 * Parses `address/length`. Host bits are dropped as Go's net.ParseCIDR does for the network it returns.
 * Undefined for anything else.
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === undefined || !PREFIX_LENGTH.test(lengthText)) return undefined;
  const length = Number(lengthText);
  if (length > width(address.family)) return undefined;
  const { family, bits } = address;
  return { family, base: bits & ~hostMask(family, length), length };
}

/** The canonical text, e.g. `10.244.3.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${networkAddress(cidr)}/${String(cidr.length)}`;
}

/** The first address of the range, e.g. `10.244.3.0`: what flannel gives its link and uses as next hop. */
export function networkAddress(cidr: Cidr): string {
  return formatAddress({ family: cidr.family, bits: cidr.base });
}

/** The address after the first, with the prefix length, e.g. `10.244.3.1/24`: flannel's FLANNEL_SUBNET and the address of cni0. */
export function firstUsable(cidr: Cidr): string {
  const bits = cidr.base + (hostMask(cidr.family, cidr.length) === 0n ? 0n : 1n);
  return `${formatAddress({ family: cidr.family, bits })}/${String(cidr.length)}`;
}

/** Whether the address lies in the range; false across families. */
export function cidrContains(cidr: Cidr, address: Address): boolean {
  return (
    cidr.family === address.family &&
    (address.bits & ~hostMask(cidr.family, cidr.length)) === cidr.base
  );
}

/** Whether `inner` lies wholly in `outer`; false across families. */
export function cidrIncludes(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.length <= inner.length && cidrContains(outer, { family: inner.family, bits: inner.base })
  );
}

/** Whether two ranges share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrIncludes(a, b) || cidrIncludes(b, a);
}

/** Whether two ranges are the same. */
export function sameCidr(a: Cidr, b: Cidr): boolean {
  return a.family === b.family && a.base === b.base && a.length === b.length;
}
