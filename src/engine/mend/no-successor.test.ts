// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { planMending } from '#engine/mend/plan-mending.ts';
import { restartNotes } from '#engine/mend/restart-notes.ts';
import { restartObstacle } from '#engine/mend/restart-obstacle.ts';
import { restartPlan } from '#engine/mend/restart-plan.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { PatchDaemonSetStep, Step } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';

const REASON =
  "Flannel's DaemonSet does not tolerate the taint example.com/full:NoExecute. A flannel pod that is deleted on node2 would not come back.";

const ROLLOUT: PatchDaemonSetStep = {
  kind: 'patch-daemonset',
  object: 'DaemonSet kube-flannel/kube-flannel-ds',
  title: 'raise the limit',
  namespace: 'kube-flannel',
  name: 'kube-flannel-ds',
  container: 'kube-flannel',
  before: { requests: {}, limits: {} },
  after: { requests: {}, limits: { memory: '100Mi' } },
  podSeconds: 60,
};

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

  it('is not replaced by a new template, nor by a step that names another node', () => {
    const snapshot = tainted();
    const plan = restartPlan(healthyCluster().build(), ['node2']);
    const moved = plan.stages
      .flatMap(({ steps }) => steps)
      .map((step) => ({ ...step, node: 'node3' }));

    expect(restartObstacle(snapshot, moved as readonly Step[], [])).toBe(REASON);
    expect(restartObstacle(snapshot, [ROLLOUT], [])).toBe(REASON);
    expect(restartNotes(snapshot, [ROLLOUT])).toEqual([REASON]);
    expect(restartObstacle(healthyCluster().build(), [ROLLOUT], [])).toBeUndefined();
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
