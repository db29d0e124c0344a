// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'Windows nodes with ranges of their own': healthyCluster({ windowsNodes: 2 }),
  },
  fails: {
    'two nodes with the same range': {
      snapshot: healthyCluster().changeNode('node3', (node) => ({
        ...node,
        podCIDRs: ['10.244.2.0/24'],
      })),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'node',
          object: 'podCIDR 10.244.2.0/24',
          expected: '10.244.2.0/24 on node2 alone',
          observed: '10.244.2.0/24 on node2, 10.244.2.0/24 on node3',
          message:
            'node2 and node3 have the same pod range 10.244.2.0/24, so traffic for the pods of both goes to one of them, and they do not reach each other. When either Node is deleted, every node also forgets the other.',
        },
        { node: 'node3', peer: 'node2', object: 'podCIDR 10.244.2.0/24' },
      ],
    },
    'a range that holds those of two others': {
      snapshot: healthyCluster({ nodes: 4 }).changeNode('node1', (node) => ({
        ...node,
        podCIDRs: ['10.244.2.0/23'],
      })),
      findings: [
        {
          node: 'node1',
          peer: 'node2',
          message:
            'The pod range 10.244.2.0/23 of node1 overlaps 10.244.2.0/24 of node2, so traffic for some pods goes to the wrong one of the two nodes.',
        },
        { node: 'node1', peer: 'node3' },
        { node: 'node2', peer: 'node1' },
        { node: 'node3', peer: 'node1' },
      ],
    },
    'one IPv6 range twice': {
      snapshot: healthyCluster({ dualStack: true }).changeNode('node3', (node) => ({
        ...node,
        podCIDRs: ['10.244.3.0/24', 'fd00:244:0:2::/64'],
      })),
      findings: [
        { node: 'node2', peer: 'node3', object: 'podCIDR fd00:244:0:2::/64' },
        { node: 'node3', peer: 'node2', object: 'podCIDR fd00:244:0:2::/64' },
      ],
    },
  },
  skips: {
    'the node has no range': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({ ...node, podCIDRs: [] })),
      node: 'node2',
      reason: 'No pod range is assigned.',
    },
  },
});
