// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { AuditEntry } from '#audit/audit-record.ts';
import { describeCluster } from '#engine/document/describe-cluster.ts';
import type { DocumentContent } from '#report/cluster-document.ts';
import { healthyPicture } from '../../../testkit/healthy-picture.ts';
import { container, MIB, pod } from '../../../testkit/resource-picture.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';

function describeBuilt(
  cluster: SnapshotBuilder = healthyCluster(),
  picture = healthyPicture(),
  changes: readonly AuditEntry[] | { readonly why: string } = [],
): DocumentContent {
  return describeCluster({ snapshot: cluster.build(), pods: picture.build().pods, changes });
}

/** Lets a node's kernel start at an instant, with a boot id of its own. */
function started(cluster: SnapshotBuilder, node: string, bootedAt: string): SnapshotBuilder {
  return cluster.changeKernel(node, 'boot', (boot) => ({ ...boot, bootedAt }));
}

describe('a page', () => {
  it('tells of each node what the API has', () => {
    const cluster = healthyCluster().changeNode('node1', (node) => ({
      ...node,
      labels: { ...node.labels, 'node-role.kubernetes.io/control-plane': '' },
    }));

    const { nodes } = describeBuilt(cluster);

    expect(nodes[0]).toMatchObject({
      name: 'node1',
      roles: ['control-plane'],
      kernel: '6.18.0',
      kubelet: 'v1.34.4',
      runtime: 'containerd://2.1.4',
      ready: { status: 'True', since: '2026-11-01T00:01:00Z' },
    });
    expect(nodes.map(({ roles }) => roles.length)).toEqual([1, 0, 0]);
  });

  it('has the settings of the workloads as their pods run, once for each form', () => {
    const picture = healthyPicture().pods(
      pod({
        namespace: 'kube-flannel',
        name: 'kube-flannel-ds-node3',
        workload: { kind: 'DaemonSet', name: 'kube-flannel-ds' },
        containers: [container({ name: 'kube-flannel', limits: { memoryBytes: 64 * MIB } })],
      }),
    );

    const flannel = describeBuilt(healthyCluster(), picture).workloads[0];

    const main = flannel?.containers.filter(({ name }) => name === 'kube-flannel');
    expect(flannel).toMatchObject({ purpose: 'flannel', pods: 3 });
    expect(main?.map(({ pods, limits }) => [pods, limits.memoryBytes])).toEqual([
      [2, undefined],
      [1, 64 * MIB],
    ]);
  });

  it('knows metrics-server by its image and kube-proxy by its pods', () => {
    expect(describeBuilt().workloads.map(({ purpose }) => purpose)).toEqual([
      'flannel',
      'kube-proxy',
      'metrics-server',
    ]);
  });

  it('has what could not be read, with its reason', () => {
    const cluster = healthyCluster()
      .withoutCluster('netConf')
      .withoutKernel('node2', 'boot')
      .withoutKernel('node3', 'boot');

    const { unread } = describeBuilt(cluster, healthyPicture().without('pods'), {
      why: 'It is gone.',
    });

    expect(unread.map(({ what }) => what)).toEqual([
      "Flannel's settings",
      'the start of node2',
      'the start of node3',
      'resource settings of pods',
      'the record of changes',
    ]);
    expect(unread[0]?.why).toBe('The test withdrew netConf.');
  });

  it('has every change of the record, also one without an end', () => {
    const entry: AuditEntry = {
      intent: {
        v: 1,
        event: 'intent',
        id: 'run.1',
        run: 'run',
        at: '2026-11-24T12:00:00.000Z',
        who: { user: 'alice', from: 'alice@desk' },
        cluster: { context: 'c', server: 's:6443' },
        namespace: 'kube-flannel',
        remedy: 'reprogram-entries',
        why: [],
        step: {
          kind: 'write-route',
          node: 'node2',
          object: 'route 10.244.3.0/24',
          title: 'add route 10.244.3.0/24',
          family: 4,
          dst: '10.244.3.0/24',
          before: [],
          after: [],
        },
        before: [],
      },
    };

    const { changes } = describeBuilt(healthyCluster(), healthyPicture(), [entry]);

    expect(changes).toEqual([
      {
        id: 'run.1',
        at: '2026-11-24T12:00:00.000Z',
        user: 'alice',
        node: 'node2',
        what: 'add route 10.244.3.0/24',
        remedy: 'reprogram-entries',
        outcome: 'no end is recorded',
      },
    ]);
  });
});

describe('the last restart', () => {
  it('is one of all nodes when they started within an hour', () => {
    const cluster = started(healthyCluster(), 'node3', '2026-11-20T08:57:00.000Z');

    expect(describeBuilt(cluster).restart).toEqual({
      state: 'together',
      from: '2026-11-20T07:58:00.000Z',
      to: '2026-11-20T08:57:00.000Z',
    });
  });

  it('is none of all nodes when one started long after the others', () => {
    const cluster = started(healthyCluster(), 'node3', '2026-11-22T07:58:00.000Z');

    expect(describeBuilt(cluster).restart).toMatchObject({
      state: 'apart',
      to: '2026-11-22T07:58:00.000Z',
    });
  });

  it('is not known where the start of a node is not', () => {
    const { restart, nodes } = describeBuilt(healthyCluster().withoutKernel('node2', 'boot'));

    expect(restart).toEqual({
      state: 'unknown',
      why: 'The start of these nodes is not known: node2.',
    });
    expect(nodes[1]?.boot).toMatchObject({ upSince: '2026-11-23T12:00:00.000Z' });
    expect(nodes[1]?.boot).not.toHaveProperty('kernelAt');
  });

  it('is not taken from a kernel that nodes share', () => {
    const same = (boot: { readonly bootedAt: string }): { bootId: string; bootedAt: string } => ({
      ...boot,
      bootId: 'one',
    });
    const cluster = healthyCluster()
      .changeKernel('node1', 'boot', same)
      .changeKernel('node2', 'boot', same);

    const { restart, nodes } = describeBuilt(cluster);

    expect(restart).toMatchObject({ state: 'unknown' });
    expect(nodes.map(({ boot }) => boot.sharedWith)).toEqual([['node2'], ['node1'], []]);
  });
});
