// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { HealthyOptions } from '../../../testkit/healthy-node.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

/** node2 whose pods have these addresses. */
function withAddresses(
  addresses: readonly string[],
  options: HealthyOptions = {},
): SnapshotBuilder {
  return healthyCluster(options).changeCluster('podAddresses', (all) =>
    all.map((each) => (each.node === 'node2' ? { ...each, addresses } : each)),
  );
}

function withoutLease(): SnapshotBuilder {
  return withAddresses(['172.31.7.9']).changeNode('node2', (node) => ({
    ...node,
    flannelAnnotations: {},
  }));
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'both address families': healthyCluster({ dualStack: true }),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'an annotation prefix of its own': healthyCluster({ annotationPrefix: 'example.com/net' }),
    'a node without pods': healthyCluster().changeCluster('podAddresses', (all) =>
      all.filter(({ node }) => node !== 'node2'),
    ),
    'the first and the last address of the range': withAddresses(['10.244.2.0', '10.244.2.255']),
    'an address of a family that the node has no range of': withAddresses([
      '10.244.2.10',
      'fd00:9::7',
    ]),
    'pods of a node that left during the run': healthyCluster().changeCluster(
      'podAddresses',
      (all) => [...all, { node: 'node9', addresses: ['10.88.0.5'] }],
    ),
  },
  fails: {
    'another CNI configuration gives every address': {
      snapshot: withAddresses(['10.88.0.5', '10.88.0.6']),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'none',
          object: 'podIPs node2',
          expected: 'addresses in 10.244.2.0/24',
          observed: '10.88.0.5, 10.88.0.6',
          message:
            'None of the pods on node2 has an address in 10.244.2.0/24, the pod range of node2. Another CNI configuration than that of flannel gives them their addresses, and no other node has a route there.',
        },
      ],
    },
    'some pods are older than flannel': {
      snapshot: withAddresses([
        '10.244.2.10',
        ...[2, 3, 4, 5, 6, 7, 8].map((host) => `172.17.0.${String(host)}`),
      ]),
      findings: [
        {
          node: 'node2',
          observed: '172.17.0.2, 172.17.0.3, 172.17.0.4, 172.17.0.5, 172.17.0.6 and 2 more',
          message:
            '7 of 8 pod addresses on node2 lie outside 10.244.2.0/24, the pod range of node2. No other node has a route to them, so these pods are reached from node2 alone. They were started before flannel or with another pod range.',
        },
      ],
    },
    'a pod has an address of another node’s range': {
      snapshot: withAddresses(['10.244.2.10', '10.244.3.10']),
      findings: [{ node: 'node2', observed: '10.244.3.10' }],
    },
    'only the IPv6 address is foreign': {
      snapshot: withAddresses(['10.244.2.10', 'fd00:244:0:3::a'], { dualStack: true }),
      findings: [
        {
          node: 'node2',
          expected: 'addresses in 10.244.2.0/24 and fd00:244:0:2::/64',
          observed: 'fd00:244:0:3::a',
        },
      ],
    },
  },
  skips: {
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    'flannel does not run on the node, whose pods another network serves': {
      snapshot: withoutLease(),
      node: 'node2',
      reason: 'Flannel announces no lease of this node.',
    },
  },
});
