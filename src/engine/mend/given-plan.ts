// SPDX-License-Identifier: Apache-2.0

import { describeCluster } from '#engine/describe.ts';
import { type Plan, PLAN_SCHEMA_VERSION, type Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

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
