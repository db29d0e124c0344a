// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { nodeOf, type Plan } from '#model/plan.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { cordonPlan } from './cordon-plan.ts';

function planOf(builder: SnapshotBuilder, only?: readonly string[]): Plan {
  const snapshot = builder.build();
  return cordonPlan(snapshot, runChecks(snapshot, CHECKS), only);
}

function cordoned({ stages }: Plan): readonly (string | undefined)[] {
  return stages.flatMap(({ steps }) => steps.map((step) => nodeOf(step)));
}

/** Takes all routes from a node: it reaches no other. */
function cutOff(builder: SnapshotBuilder, ...nodes: readonly string[]): SnapshotBuilder {
  return nodes.reduce(
    (changed, node) =>
      changed.changeKernel(node, 'routes', (routes) =>
        routes.filter(({ link }) => link !== 'flannel.1'),
      ),
    builder,
  );
}

/** Takes the routes to node2 from the others. */
function cutOffByOthers(builder: SnapshotBuilder): SnapshotBuilder {
  return ['node1', 'node3'].reduce(
    (changed, node) =>
      changed.changeKernel(node, 'routes', (routes) =>
        routes.filter(({ dst }) => dst !== '10.244.2.0/24'),
      ),
    builder,
  );
}

/** Nothing of the data plane between nodes: its pods do not start. */
function withoutSubnetEnv(builder: SnapshotBuilder, node: string): SnapshotBuilder {
  return builder.changeKernel(node, 'subnetEnv', () => null);
}

describe('the node that is cordoned', () => {
  it('is the one that is cut off', () => {
    const plan = planOf(cutOff(healthyCluster(), 'node2'));

    expect(cordoned(plan)).toEqual(['node2']);
    expect(plan.stages[0]?.steps[0]?.notes?.join()).toContain('node2');
  });

  it('is the one that others have no entries for', () => {
    expect(cordoned(planOf(cutOffByOthers(healthyCluster())))).toEqual(['node2']);
  });

  it('is so too where virtual nodes outnumber the others', () => {
    const builder = cutOffByOthers(healthyCluster({ virtualNodes: 6 }));

    expect(cordoned(planOf(builder))).toEqual(['node2']);
  });

  it('is one on which pods do not start', () => {
    expect(cordoned(planOf(withoutSubnetEnv(healthyCluster(), 'node2')))).toEqual(['node2']);
  });

  it('is among those that were named', () => {
    const builder = cutOff(healthyCluster(), 'node2');

    expect(cordoned(planOf(builder, ['node3']))).toEqual([]);
    expect(cordoned(planOf(builder, ['node2']))).toEqual(['node2']);
  });
});

describe('none is cordoned', () => {
  it('where a single pair is broken: which end it is cannot be told', () => {
    const builder = healthyCluster().changeKernel('node2', 'routes', (routes) =>
      routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
    );

    const plan = planOf(builder);

    expect(cordoned(plan)).toEqual([]);
    expect(plan.notes.join()).toContain('Packets are lost between node2, node3');
  });

  it.each<[string, (builder: SnapshotBuilder) => SnapshotBuilder]>([
    [
      'are tainted',
      (builder) =>
        builder.changeNode('node1', (node) => ({
          ...node,
          taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
        })),
    ],
    [
      'have a critical finding of their own',
      (builder) =>
        builder.changeCluster('podAddresses', (all) =>
          all.map((each) => (each.node === 'node1' ? { ...each, addresses: ['10.88.0.5'] } : each)),
        ),
    ],
    ['are cordoned', (builder) => builder.changeNode('node1', unschedulable)],
    [
      'are not Ready',
      (builder) =>
        builder.changeNode('node1', (node) => ({
          ...node,
          conditions: [{ type: 'Ready', status: 'Unknown' }],
        })),
    ],
    ['could not be read', (builder) => builder.withoutKernel('node1', 'links')],
  ])('where all the others %s', (_, change) => {
    const builder = change(cutOff(healthyCluster(), 'node2').changeNode('node3', unschedulable));

    const plan = planOf(builder);

    expect(cordoned(plan)).toEqual([]);
    expect(plan.notes[0]).toContain('No other node would be left');
  });
});

function unschedulable<T extends { readonly unschedulable: boolean }>(node: T): T {
  return { ...node, unschedulable: true };
}
