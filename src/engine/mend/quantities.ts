// SPDX-License-Identifier: Apache-2.0

import { parseQuantity } from '#model/quantity.ts';

/** Whether a text is a quantity of Kubernetes that is not negative, such as 100m, 0.5, 64Mi or 2Gi. */
export function isQuantity(text: string): boolean {
  return parseQuantity(text) !== undefined;
}

const NANO = 1_000_000_000n;

/** Whole bytes of a quantity of memory, rounded down; undefined where it is none or more than numbers can hold. */
export function quantityBytes(text: string): number | undefined {
  const billionths = parseQuantity(text);
  const bytes = billionths === undefined ? Number.NaN : Number(billionths / NANO);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
