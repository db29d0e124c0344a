// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { Condition } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 whose kubelet has been silent since then, and which an autoscaler has decided to remove. */
function removed(since: string): SnapshotBuilder {
  return healthyCluster().changeNode('node2', (node) => ({
    ...node,
    taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }],
    conditions: ready({ status: 'Unknown', lastTransitionAt: since }),
  }));
}

const SINCE = '2026-11-24T11:30:00Z';

function ready(condition: Partial<Condition>): readonly Condition[] {
  return [
    { type: 'MemoryPressure', status: 'False' },
    { type: 'Ready', status: 'False', ...condition },
  ];
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'a Windows node': healthyCluster({ windowsNodes: 1 }),
    'a cordoned node': healthyCluster().changeNode('node2', (node) => ({
      ...node,
      unschedulable: true,
    })),
  },
  fails: {
    'the kubelet says no': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        conditions: ready({ reason: 'KubeletNotReady', lastTransitionAt: SINCE }),
      })),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'condition Ready',
          expected: 'Ready=True',
          observed: 'Ready=False, KubeletNotReady, since 2026-11-24T11:30:00Z',
          message:
            'node2 has not been Ready since 2026-11-24T11:30:00Z (KubeletNotReady). No new pod is placed there and its pods leave their Services; what the kernel holds for traffic stays.',
        },
      ],
    },
    'the kubelet is silent': {
      snapshot: healthyCluster().changeNode('node3', (node) => ({
        ...node,
        conditions: ready({
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          lastTransitionAt: SINCE,
        }),
      })),
      findings: [
        {
          node: 'node3',
          observed: 'Ready=Unknown, NodeStatusUnknown, since 2026-11-24T11:30:00Z',
          message:
            'The kubelet of node3 stopped reporting at 2026-11-24T11:30:00Z (NodeStatusUnknown). The node may be down; if it is up, traffic of its pods goes on, but its pods leave their Services.',
        },
      ],
    },
    'a condition that says nothing more': {
      snapshot: healthyCluster().changeNode('node3', (node) => ({
        ...node,
        conditions: ready({}),
      })),
      findings: [
        { node: 'node3', observed: 'Ready=False, no reason given, since an unknown time' },
      ],
    },
    'a node that never reported': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({ ...node, conditions: [] })),
      findings: [
        {
          node: 'node2',
          observed: 'nothing',
          message:
            'node2 has no Ready condition: its kubelet has not reported since the Node was made.',
        },
      ],
    },
    'an autoscaler does not get on with removing the node': {
      snapshot: removed('2026-11-24T11:30:00Z'),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'a Windows node is down': {
      snapshot: healthyCluster({ windowsNodes: 1 }).changeCluster('nodes', (nodes) =>
        nodes.map((node) =>
          node.os === 'windows' ? { ...node, conditions: ready({ status: 'Unknown' }) } : node,
        ),
      ),
      findings: [{ node: 'win1' }],
    },
  },
  skips: {
    'an autoscaler is removing the node': {
      snapshot: removed('2026-11-24T11:55:00Z'),
      node: 'node2',
      reason: 'An autoscaler is removing the node.',
    },
    'a new node has not reported yet': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        conditions: [],
        createdAt: '2026-11-24T11:59:00Z',
      })),
      node: 'node2',
      reason: 'The node is younger than 2 minutes and has not reported yet.',
    },
    'a new node has no network yet': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        conditions: ready({ reason: 'KubeletNotReady', lastTransitionAt: '2026-11-24T11:59:00Z' }),
        createdAt: '2026-11-24T11:59:00Z',
      })),
      node: 'node2',
      reason: 'The node is younger than 2 minutes and is not Ready yet.',
    },
  },
});
