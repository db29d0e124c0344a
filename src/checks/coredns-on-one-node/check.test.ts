// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** A cluster with both DNS pods on one node. */
function together(nodes: number): SnapshotBuilder {
  return healthyCluster({ nodes }).changeCluster('coreDns', (dns) => ({
    ...dns,
    pods: dns.pods.map((pod) => ({ ...pod, nodeName: 'node1' })),
  }));
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'a small cluster with both pods on one node': together(3),
    'one pod in a large cluster, as k3s has it': healthyCluster({ nodes: 9 }).changeCluster(
      'coreDns',
      (dns) => ({ ...dns, pods: dns.pods.slice(0, 1) }),
    ),
    'no pod that is ready, which is another fault': together(9).changeCluster('coreDns', (dns) => ({
      ...dns,
      pods: dns.pods.map((pod) => ({ ...pod, ready: false })),
    })),
    'no other node that would take a pod': ['node3', 'node4'].reduce(
      (builder, name) =>
        builder.changeNode(name, (node) => ({
          ...node,
          taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
        })),
      together(4),
    ),
    'other nodes that are closed or not Ready': together(5)
      .changeNode('node3', (node) => ({ ...node, unschedulable: true }))
      .changeNode('node4', (node) => ({
        ...node,
        conditions: [{ type: 'Ready', status: 'False' }],
      })),
  },
  fails: {
    'both pods on one of four nodes': {
      snapshot: together(4),
      findings: [
        {
          severity: 'info',
          breaks: 'none',
          object: 'service kube-system/kube-dns',
          expected: 'ready pods on at least 2 nodes',
          observed: 'coredns-1, coredns-2 on node1',
          message:
            'All 2 pods of DNS that are ready run on node1, though 3 other nodes could take one. DNS works; when node1 or its network fails, no pod of the cluster resolves a name.',
        },
      ],
    },
    'taints that only advise': {
      snapshot: together(4).changeNode('node3', (node) => ({
        ...node,
        taints: [{ key: 'slow', effect: 'PreferNoSchedule' }],
      })),
      findings: [{ severity: 'info' }],
    },
  },
  skips: {},
});
