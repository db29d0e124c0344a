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
  if (!steps.some(restartsFlannel)) return undefined;
  return restartDoubt(everything) ?? lostPods(snapshot, steps)[0];
}

/** Of the flannel pods that steps replace, those that none would come after, one sentence each. */
export function lostPods(snapshot: Snapshot, steps: readonly Step[]): readonly string[] {
  const nodes = new Set(steps.flatMap((step) => nodesOf(step, snapshot)));
  return [...nodes].flatMap((node) => noSuccessor(snapshot, node) ?? []);
}

/** The node of a pod is what the API says, not what a step does; a new template replaces the pods of all nodes. */
function nodesOf(step: Step, { cluster: { flannelPods } }: Snapshot): readonly string[] {
  const pods = flannelPods.state === 'observed' ? flannelPods.value : [];
  switch (step.kind) {
    case 'restart-pod':
      return [pods.find(({ uid }) => uid === step.uid)?.nodeName ?? step.node];
    case 'patch-daemonset':
      return pods.flatMap(({ nodeName }) => nodeName ?? []);
    default:
      return [];
  }
}
