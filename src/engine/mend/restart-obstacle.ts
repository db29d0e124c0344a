// SPDX-License-Identifier: Apache-2.0

import { noSuccessor } from '#engine/mend/no-successor.ts';
import { restartDoubt, restartsFlannel } from '#expected/restart-flannel.ts';
import type { Step, TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/**
 * Why steps must not be taken whoever planned them, one sentence: they restart flannel where that cannot be made good.
 * Undefined when none does.
 *
 * @param everything all findings of the run
 */
export function restartObstacle(
  snapshot: Snapshot,
  steps: readonly Step[],
  everything: readonly TreatableFinding[],
): string | undefined {
  const restarts = steps.filter(restartsFlannel);
  if (restarts.length === 0) return undefined;
  const lost = restarts.flatMap(({ node }) =>
    node === undefined ? [] : (noSuccessor(snapshot, node) ?? []),
  );
  return restartDoubt(everything) ?? lost[0];
}
