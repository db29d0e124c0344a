// SPDX-License-Identifier: Apache-2.0

import { parseQuantity } from '#model/quantity.ts';

/** Whether a text is a quantity of Kubernetes that is not negative, such as 100m, 0.5, 64Mi or 2Gi. */
export function isQuantity(text: string): boolean {
  return parseQuantity(text) !== undefined;
}
