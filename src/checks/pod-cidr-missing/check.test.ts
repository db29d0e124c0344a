// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
  },
  fails: {
    'no range is assigned': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({ ...node, podCIDRs: [] })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'podCIDRs',
          expected: 'a range for IPv4',
          observed: 'nothing',
          message:
            'node2 has no pod range, so flanneld gives up at its start there: no new pod on node2 gets an address, and the other nodes do not know it.',
        },
      ],
    },
    'an IPv4 range only, where IPv6 is on': {
      snapshot: healthyCluster({ dualStack: true }).changeNode('node3', (node) => ({
        ...node,
        podCIDRs: node.podCIDRs.slice(0, 1),
      })),
      findings: [
        {
          node: 'node3',
          expected: 'a range for IPv6',
          observed: '10.244.3.0/24',
          message:
            'net-conf asks for IPv6, of which node3 has no pod range, so flanneld gives up at its start there: no new pod on node3 gets an address, and the other nodes do not know it.',
        },
      ],
    },
    'no range of either family': {
      snapshot: healthyCluster({ dualStack: true }).changeNode('node3', (node) => ({
        ...node,
        podCIDRs: [],
      })),
      findings: [{ node: 'node3', expected: 'a range for IPv4 and IPv6', observed: 'nothing' }],
    },
  },
  skips: {
    'the node was added a moment ago': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        podCIDRs: [],
        createdAt: '2026-11-24T11:59:50Z',
      })),
      node: 'node2',
      reason: 'The node was added less than 2 minutes ago: its pod range may still come.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'flannel cannot run on the node': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        podCIDRs: [],
        taints: [{ key: 'example.com/virtual', effect: 'NoExecute' }],
        flannelAnnotations: {},
      })),
      node: 'node2',
      reason: "Flannel's DaemonSet does not tolerate the taint example.com/virtual:NoExecute.",
    },
  },
});
