// SPDX-License-Identifier: Apache-2.0

import type { TreatableFinding } from '#model/plan.ts';

/**
 * The one node that all findings about pairs have in common, when they name at least two others with it: then the
 * cause is there. Undefined when either end may be it.
 */
export function suspects(findings: readonly TreatableFinding[]): string | undefined {
  const pairs = findings.map(({ node, finding: { peer } }) => [node, peer]);
  const names = [...new Set(pairs.flat())];
  if (names.length < 3) return undefined;
  return names.find((name) => name !== undefined && pairs.every((pair) => pair.includes(name)));
}
