// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { planMending } from '#engine/mend/plan-mending.ts';
import { restartPlan } from '#engine/mend/restart-plan.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';

const REASON =
  "Flannel's DaemonSet does not tolerate the taint example.com/full:NoExecute. A flannel pod that is deleted on node2 would not come back.";

/** node2 got a taint after its flannel pod, which runs on and is frozen. */
function tainted(): Snapshot {
  return healthyCluster()
    .changeNode('node2', (node) => ({
      ...node,
      taints: [{ key: 'example.com/full', effect: 'NoExecute' }],
    }))
    .changeKernel('node2', 'flannelProcess', () => ({ pid: 1, state: 'T' }))
    .changeKernel('node3', 'flannelProcess', () => ({ pid: 1, state: 'T' }))
    .build();
}

describe('a flannel pod that would not come back', () => {
  it('is not restarted to mend something', () => {
    const snapshot = tainted();

    const plan = planMending(snapshot, runChecks(snapshot, CHECKS), {
      remedies: REMEDIES,
      maxRisk: 'cluster',
    });

    expect(plan.stages.map(({ node }) => node)).toEqual(['node3']);
    expect(plan.untreated.map(({ reasons }) => reasons)).toEqual([[REASON]]);
  });

  it('is not restarted by name, nor with all others', () => {
    const named = restartPlan(tainted(), ['node2']);
    const all = restartPlan(tainted(), undefined);

    expect(named.stages).toEqual([]);
    expect(named.notes).toEqual([REASON]);
    expect(all.stages.map(({ node }) => node)).not.toContain('node2');
    expect(all.notes).toContain(REASON);
  });
});
