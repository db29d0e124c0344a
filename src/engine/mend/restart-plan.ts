// SPDX-License-Identifier: Apache-2.0

import { describeCluster } from '#engine/describe.ts';
import { noSuccessor } from '#engine/mend/no-successor.ts';
import { orderStages } from '#engine/mend/order-stages.ts';
import { restartNotes } from '#engine/mend/restart-notes.ts';
import { restartFlannelStep } from '#expected/restart-flannel.ts';
import { PLAN_SCHEMA_VERSION, type Plan, type Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { remedy } from '#remedies/restart-flannel-pod/remedy.ts';

/**
 * The plan that restarts flannel on some nodes, or on all, one after another. Each has to be Ready and whole before
 * the next one; the first that is not ends it. Pure.
 *
 * @param nodes names; absent: all that have a flannel pod
 */
export function restartPlan(snapshot: Snapshot, nodes: readonly string[] | undefined): Plan {
  const { flannelPods } = snapshot.cluster;
  const { uid } = describeCluster(snapshot);
  const pods = flannelPods.state === 'observed' ? flannelPods.value : [];
  const named = nodes ?? [...new Set(pods.flatMap(({ nodeName }) => nodeName ?? []))].sort();
  const notes = [...restartNotes(snapshot, [])];
  const stages = named.flatMap((node): readonly Stage[] => {
    const step = restartFlannelStep(pods, node);
    if (step === undefined) {
      notes.push(`No flannel pod runs on ${node} that could be restarted.`);
      return [];
    }
    const lost = noSuccessor(snapshot, node);
    if (lost !== undefined) {
      notes.push(lost);
      return [];
    }
    return [
      {
        remedy: named.length > 1 ? 'rolling-restart-flannel' : remedy.id,
        title: remedy.title,
        node,
        risk: named.length > 1 ? 'cluster' : remedy.risk,
        disturbance: remedy.disturbance,
        treats: [],
        steps: [step],
        whyNotSmaller: [],
        settlesWithinMs: 30_000,
        haltsOnFailure: true,
        peers: [],
      },
    ];
  });
  const refusals = flannelPods.state === 'absent' ? [`flannelPods: ${flannelPods.detail}`] : [];
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    kind: 'Plan',
    madeAt: snapshot.finishedAt,
    ...(uid !== undefined && { cluster: uid }),
    maxRisk: named.length > 1 ? 'cluster' : 'node',
    stages: orderStages(stages, snapshot, notes),
    untreated: [],
    notes,
    refusals,
  };
}
