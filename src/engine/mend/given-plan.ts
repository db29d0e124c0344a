// SPDX-License-Identifier: Apache-2.0

import { describeCluster } from '#engine/describe.ts';
import { type Plan, PLAN_SCHEMA_VERSION, type Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { AskedRemedy } from '#remedies/define-remedy.ts';

/** The plan of a change that a person asked for, and no finding. Pure. */
export function givenPlan(snapshot: Snapshot, stages: readonly Stage[]): Plan {
  const { uid } = describeCluster(snapshot);
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    kind: 'Plan',
    madeAt: snapshot.finishedAt,
    ...(uid !== undefined && { cluster: uid }),
    maxRisk: 'cluster',
    stages,
    untreated: [],
    notes: [],
    refusals: [],
  };
}

/** Nothing is planned, because too little is known: why, line by line. Pure. */
export function refusedPlan(snapshot: Snapshot, refusals: readonly string[]): Plan {
  return { ...givenPlan(snapshot, []), refusals };
}

/** The plan of a remedy that has a command of its own: one stage, of which nothing is begun anew when it fails. Pure. */
export function askedPlan<Options>(
  snapshot: Snapshot,
  { id, title, risk, disturbance, steps }: AskedRemedy<Options>,
  options: Options,
): Plan {
  return givenPlan(snapshot, [
    {
      remedy: id,
      title,
      risk,
      disturbance,
      treats: [],
      steps: steps(options),
      whyNotSmaller: [],
      settlesWithinMs: 0,
      haltsOnFailure: true,
      peers: [],
    },
  ]);
}
