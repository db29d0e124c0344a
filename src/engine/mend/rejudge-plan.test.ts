// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Plan, RestartPodStep, Stage, Step, WriteRouteStep } from '#model/plan.ts';
import { rejudgePlan, stageAbove } from './rejudge-plan.ts';

const ROUTE: WriteRouteStep = {
  kind: 'write-route',
  node: 'node2',
  object: 'route 10.244.1.0/24',
  title: 'add the route',
  notes: ['ours'],
  family: 4,
  dst: '10.244.1.0/24',
  before: [],
  after: ['10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink'],
};

const RESTART: RestartPodStep = {
  kind: 'restart-pod',
  node: 'node2',
  object: 'pod kube-flannel/x',
  title: 'harmless',
  notes: ['nothing happens'],
  namespace: 'kube-flannel',
  pod: 'x',
  uid: 'u',
  readySeconds: 120,
};

function stage(step: Step, changes: Partial<Stage> = {}): Stage {
  return {
    remedy: 'reprogram-entries',
    title: 'Do nothing',
    node: 'node2',
    risk: 'none',
    disturbance: 'None at all.',
    treats: [],
    steps: [step],
    whyNotSmaller: ['Because.'],
    settlesWithinMs: 0,
    haltsOnFailure: false,
    peers: [],
    ...changes,
  };
}

function planOf(...stages: readonly Stage[]): Plan {
  return {
    schemaVersion: 1,
    kind: 'Plan',
    madeAt: '2026-12-01T00:00:00Z',
    maxRisk: 'cluster',
    stages,
    untreated: [],
    notes: [],
    refusals: [],
  };
}

describe('rejudgePlan', () => {
  it('tells a step that is planned now as it is told there, whatever the file says of it', () => {
    const { after, before, ...rest } = { ...ROUTE, title: 'nothing', notes: ['a lie'] };
    const kept = planOf(stage({ before, after, ...rest }));

    const [judged] = rejudgePlan(kept, planOf(stage(ROUTE))).stages;

    expect(judged).toMatchObject({ risk: 'none', steps: [ROUTE], whyNotSmaller: [] });
    expect(judged?.title).toBe('Write the missing and wrong entries of a node');
    expect(judged?.disturbance).toBe('No pod is touched, and no flow that works now is disturbed.');
  });

  it('tells any other by its fields, with the worst risk of its kind', () => {
    const [judged] = rejudgePlan(planOf(stage(RESTART)), planOf(stage(ROUTE))).stages;

    expect(judged?.risk).toBe('node');
    expect(judged?.disturbance).toContain('the worst that such a step can do');
    expect(judged?.steps).toEqual([
      expect.objectContaining({
        title: 'delete pod kube-flannel/x, and wait until the next one is Ready',
      }),
    ]);
    expect(judged?.steps[0]).not.toHaveProperty('notes');
  });

  it('takes a field that differs for another step', () => {
    const other = { ...ROUTE, after: ['10.244.1.0/24 via 10.244.3.0 dev flannel.1 onlink'] };

    const [judged] = rejudgePlan(planOf(stage(other)), planOf(stage(ROUTE))).stages;

    expect(judged?.risk).toBe('node');
    expect(judged?.steps[0]?.title).toBe(
      'change route 10.244.1.0/24: nothing becomes "10.244.1.0/24 via 10.244.3.0 dev flannel.1 onlink"',
    );
  });

  it('keeps a remedy that halts from going on after a failure', () => {
    const kept = planOf(stage(RESTART, { remedy: 'restart-flannel-pod' }));

    expect(rejudgePlan(kept, planOf()).stages[0]?.haltsOnFailure).toBe(true);
  });
});

describe('stageAbove', () => {
  it('is the first stage with more risk than is allowed', () => {
    const plan = planOf(stage(ROUTE), stage(RESTART, { risk: 'node' }));

    expect(stageAbove(plan, 'none')?.steps).toEqual([RESTART]);
    expect(stageAbove(plan, 'node')).toBeUndefined();
  });
});
