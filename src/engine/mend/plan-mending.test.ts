// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { Plan, Step } from '#model/plan.ts';
import { type AnyRemedy, anyRemedy, type NodeRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { planMending, type PlanOptions } from './plan-mending.ts';

function planOf(builder: SnapshotBuilder, options: Partial<PlanOptions> = {}): Plan {
  const snapshot = builder.build();
  return planMending(snapshot, runChecks(snapshot, CHECKS), {
    remedies: REMEDIES,
    maxRisk: 'node',
    ...options,
  });
}

function withoutRoutes(builder: SnapshotBuilder, ...nodes: readonly string[]): SnapshotBuilder {
  return nodes.reduce(
    (changed, node) =>
      changed.changeKernel(node, 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel.1'),
      ),
    builder,
  );
}

/** A remedy that treats every missing route of a node by one step. */
function madeUp(id: string, more: Partial<NodeRemedy<'nodes'>> = {}): AnyRemedy {
  return anyRemedy<'nodes'>({
    id,
    title: 'Do something',
    scope: 'node',
    risk: 'none',
    disturbance: 'None.',
    invasiveness: 0,
    treats: ['route-missing'],
    needs: { cluster: ['nodes'], node: [] },
    plan: ({ findings, node }) => [{ kind: 'steps', findings, steps: [step(node, 'a route')] }],
    ...more,
  });
}

function step(node: string, object: string): Step {
  const kind = 'write-route';
  return { kind, node, object, title: '', family: 4, dst: '', before: [], after: [] };
}

function remediesOf({ stages }: Plan): readonly (readonly [string, string | undefined])[] {
  return stages.map(({ remedy, node }) => [remedy, node]);
}

describe('the choice of a remedy', () => {
  it('takes the smallest risk first, then the least invasive, then by id', () => {
    const remedies = [
      madeUp('strong', { risk: 'node' }),
      madeUp('b-small'),
      madeUp('a-small'),
      madeUp('larger', { invasiveness: 5 }),
    ];

    const plan = planOf(withoutRoutes(healthyCluster(), 'node2'), { remedies });

    expect(remediesOf(plan)).toEqual([['a-small', 'node2']]);
    expect(plan.stages[0]?.treats).toHaveLength(2);
    expect(plan.stages[0]?.steps).toHaveLength(1);
  });

  it('says why no smaller one serves', () => {
    const declines = madeUp('small', {
      plan: ({ findings }) => [{ kind: 'declined', findings, reason: 'The moon is full.' }],
    });
    const remedies = [declines, madeUp('strong', { risk: 'node' })];

    const plan = planOf(withoutRoutes(healthyCluster(), 'node2'), { remedies });

    expect(plan.stages[0]).toMatchObject({
      remedy: 'strong',
      whyNotSmaller: ['small: The moon is full.'],
    });
  });

  it('leaves out what was tried and did not help', () => {
    const remedies = [madeUp('small'), madeUp('strong', { risk: 'node' })];
    const tried = new Map([
      ['route-missing:node2:node1:route 10.244.1.0/24', ['small']],
      ['route-missing:node2:node3:route 10.244.3.0/24', ['small']],
    ]);

    const plan = planOf(withoutRoutes(healthyCluster(), 'node2'), { remedies, tried });

    expect(remediesOf(plan)).toEqual([['strong', 'node2']]);
  });

  it('names the risk that would be needed', () => {
    const remedies = [madeUp('strong', { risk: 'cluster' })];

    const plan = planOf(withoutRoutes(healthyCluster(), 'node2'), { remedies });

    expect(plan.stages).toEqual([]);
    expect(plan.untreated.map(({ needsRisk }) => needsRisk)).toEqual(['cluster', 'cluster']);
  });

  it('has a stronger remedy that is needed anyway treat what it can on the same node', () => {
    const builder = withoutRoutes(healthyCluster(), 'node2', 'node3').changeKernel(
      'node2',
      'subnetEnv',
      () => null,
    );

    const plan = planOf(builder, {
      remedies: [
        madeUp('entries'),
        madeUp('restart', { risk: 'node', treats: ['route-missing', 'subnet-env-missing'] }),
      ],
    });

    expect(remediesOf(plan)).toEqual([
      ['restart', 'node2'],
      ['entries', 'node3'],
    ]);
    expect(plan.stages[0]?.treats).toHaveLength(3);
    expect(plan.notes.join()).toContain('entries is not needed on node2');
  });

  it('never changes one thing by two remedies', () => {
    const builder = withoutRoutes(healthyCluster(), 'node2').changeKernel(
      'node2',
      'subnetEnv',
      () => null,
    );
    const remedies = [madeUp('routes'), madeUp('env', { treats: ['subnet-env-missing'] })];

    const plan = planOf(builder, { remedies });

    expect(plan.stages.flatMap((stage) => stage.steps)).toHaveLength(1);
    expect(plan.notes.join()).toMatch(/leaves a route to (?:env|routes), which changes it too/);
  });
});

describe('--only and --node', () => {
  it.each([
    [
      { only: ['route-missing'] },
      [
        ['reprogram-entries', 'node2'],
        ['reprogram-entries', 'node3'],
      ],
    ],
    [
      { only: ['restart-flannel-pod'] },
      [
        ['restart-flannel-pod', 'node2'],
        ['restart-flannel-pod', 'node3'],
      ],
    ],
    [{ only: ['fdb-entry-missing'] }, []],
    [{ nodes: ['node3'] }, [['reprogram-entries', 'node3']]],
  ])('%j', (options, expected) => {
    const plan = planOf(withoutRoutes(healthyCluster(), 'node2', 'node3'), options);

    expect(remediesOf(plan)).toEqual(expected);
  });
});

describe('the order', () => {
  it('has the node of the API server and the control planes last', () => {
    const builder = withoutRoutes(healthyCluster({ nodes: 4 }), 'node1', 'node2', 'node3', 'node4')
      .changeNode('node3', (node) => ({ ...node, controlPlane: true }))
      .changeNode('node1', (node) => ({
        ...node,
        controlPlane: false,
        internalIPs: ['192.0.2.77'],
      }))
      .changeCluster('identity', (identity) => ({ ...identity, server: '192.0.2.77:6443' }));

    const plan = planOf(builder, { remedies: [madeUp('small')] });

    expect(plan.stages.map(({ node }) => node)).toEqual(['node2', 'node4', 'node1', 'node3']);
    expect(plan.notes).toEqual(['node1, node3 comes last: our own way to the API leads over it.']);
  });
});

describe('a picture that is too unknown', () => {
  it('has nothing planned when most nodes could not be read', () => {
    const builder = withoutRoutes(healthyCluster({ nodes: 5 }), 'node1')
      .withoutKernel('node3')
      .withoutKernel('node4')
      .withoutKernel('node5');

    const plan = planOf(builder);

    expect(plan.stages).toEqual([]);
    expect(plan.refusals).toEqual(['Only 2 of 5 nodes could be read.']);
    expect(plan.untreated.length).toBeGreaterThan(0);
  });

  it('is not one when half of them could', () => {
    const builder = withoutRoutes(healthyCluster({ nodes: 4 }), 'node1')
      .withoutKernel('node3')
      .withoutKernel('node4');

    expect(planOf(builder).refusals).toEqual([]);
  });

  it('is not one when the others were not asked for', () => {
    const builder = withoutRoutes(healthyCluster({ nodes: 4 }), 'node1')
      .withoutKernel('node2', undefined, 'not-collected')
      .withoutKernel('node3', undefined, 'not-collected')
      .withoutKernel('node4', undefined, 'not-collected');

    expect(planOf(builder).refusals).toEqual([]);
  });
});
