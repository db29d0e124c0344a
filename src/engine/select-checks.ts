// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';

/** Checks to run, or the ids that are none, each with the nearest known id. */
export type CheckSelection =
  | { readonly checks: readonly AnyCheck[] }
  | { readonly unknownIds: readonly { readonly id: string; readonly nearest?: string }[] };

/** Names by id which checks to run. Absent lists mean no restriction; `skip` wins over `only`. */
export interface CheckRequest {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** Picks checks by id, in the registry's order. */
export function selectChecks(all: readonly AnyCheck[], request: CheckRequest): CheckSelection {
  const known = new Set(all.map(({ id }) => id));
  const asked = [...(request.only ?? []), ...(request.skip ?? [])];
  const unknown = asked.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    return { unknownIds: unknown.map((id) => withNearest(id, [...known])) };
  }
  const only = request.only === undefined ? known : new Set(request.only);
  const skipped = new Set(request.skip);
  return { checks: all.filter(({ id }) => only.has(id) && !skipped.has(id)) };
}

function withNearest(
  id: string,
  known: readonly string[],
): { readonly id: string; readonly nearest?: string } {
  const nearest = nearestId(id, known);
  return nearest === undefined ? { id } : { id, nearest };
}

/** The known id with the smallest edit distance, when at most a third of the text differs. */
export function nearestId(id: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.floor(id.length / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(id, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      current.push(
        Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost),
      );
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
