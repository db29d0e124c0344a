// SPDX-License-Identifier: Apache-2.0

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** A MAC address in the kernel's form (six lower-case pairs, colons); undefined for anything else. */
export function parseMac(text: string): string | undefined {
  const lower = text.toLowerCase();
  return MAC.test(lower) ? lower : undefined;
}
