// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 with another pod range. */
function ranged(builder: SnapshotBuilder, ...podCIDRs: readonly string[]): SnapshotBuilder {
  return builder.changeNode('node2', (node) => ({ ...node, podCIDRs }));
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'a range that fills the network': ranged(healthyCluster(), '10.244.0.0/15'),
  },
  fails: {
    'the range is elsewhere and the node has no lease': {
      snapshot: ranged(healthyCluster(), '192.168.2.0/24').changeNode('node2', (node) => ({
        ...node,
        flannelAnnotations: {},
      })),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'podCIDR 192.168.2.0/24',
          expected: 'a range inside 10.244.0.0/15',
          observed: '192.168.2.0/24',
          message:
            'The pod range 192.168.2.0/24 of node2 is not inside 10.244.0.0/15, the network in net-conf.json. flanneld on node2 refuses to start with it, so no pod there reaches another node.',
        },
      ],
    },
    'the network was changed under running nodes': {
      snapshot: healthyCluster({ nodes: 2 }).changeNetConf((netConf) => ({
        ...netConf,
        network: '10.42.0.0/16',
      })),
      findings: [
        {
          node: 'node1',
          severity: 'warning',
          breaks: 'none',
          message:
            'The pod range 10.244.1.0/24 of node1 is not inside 10.42.0.0/16, the network in net-conf.json. Its lease is still announced from an earlier start, so traffic may flow, but flanneld on node1 will not start again with it.',
        },
        { node: 'node2', severity: 'warning', breaks: 'none' },
      ],
    },
    'the range is larger than the network': {
      snapshot: ranged(healthyCluster(), '10.0.0.0/8'),
      findings: [{ node: 'node2', severity: 'warning' }],
    },
    'only the IPv6 range is elsewhere': {
      snapshot: ranged(healthyCluster({ dualStack: true }), '10.244.2.0/24', 'fd00:99::/64'),
      findings: [
        { node: 'node2', object: 'podCIDR fd00:99::/64', expected: 'a range inside fd00:244::/48' },
      ],
    },
  },
  skips: {
    'k3s, no server of which tells the network': {
      snapshot: healthyCluster().changeNetConf(({ network: _, ...netConf }) => ({
        ...netConf,
        announced: true,
      })),
      node: 'node1',
      reason: 'Flannel runs inside k3s, and no server of it tells the pod network.',
    },
    'the node has no range': {
      snapshot: ranged(healthyCluster()),
      node: 'node2',
      reason: 'There is no pod range to hold against a network.',
    },
    'net-conf.json names no network that can be read': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        network: 'everywhere',
      })),
      node: 'node1',
      reason: 'There is no pod range to hold against a network.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
