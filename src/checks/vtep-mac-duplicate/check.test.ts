// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NodeObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const PREFIX = 'flannel.alpha.coreos.com';

/** A node whose lease has the VtepMAC of node2. */
function withMacOfNode2(
  fields: Readonly<Record<string, string>> = {},
): (node: NodeObject) => NodeObject {
  return (node) => ({
    ...node,
    flannelAnnotations: {
      ...node.flannelAnnotations,
      [`${PREFIX}/backend-data`]: '{"VNI":1,"VtepMAC":"02:00:00:00:00:02"}',
      ...fields,
    },
  });
}

function cloned(builder: SnapshotBuilder = healthyCluster()): SnapshotBuilder {
  return builder.changeNode('node3', withMacOfNode2());
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'one machine under two names': healthyCluster().changeNode(
      'node3',
      withMacOfNode2({ [`${PREFIX}/public-ip`]: '192.0.2.2' }),
    ),
    'a MAC that occurs once per address family': healthyCluster({ dualStack: true }).changeNode(
      'node3',
      (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          [`${PREFIX}/backend-v6-data`]: '{"VNI":1,"VtepMAC":"02:00:00:00:00:02"}',
        },
      }),
    ),
  },
  fails: {
    'a machine was cloned': {
      snapshot: cloned(),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'VtepMAC 02:00:00:00:00:02',
          expected: '02:00:00:00:00:02 on one node',
          observed: '02:00:00:00:00:02 on node2, node3',
          message:
            'node2 announces the VtepMAC 02:00:00:00:00:02, as do node3. The other nodes keep one destination for it, so what is for the pods of these nodes arrives at one of them only, and they do not reach each other.',
        },
        { node: 'node3', severity: 'critical', breaks: 'node' },
      ],
    },
    'eight machines were cloned': {
      snapshot: [2, 3, 4, 5, 6, 7, 8, 9].reduce(
        (builder, number) => builder.changeNode(`node${String(number)}`, withMacOfNode2()),
        healthyCluster({ nodes: 9 }),
      ),
      findings: [
        {
          node: 'node2',
          observed: '02:00:00:00:00:02 on node2, node3, node4, node5, node6, node7, 2 more',
        },
        ...[3, 4, 5, 6, 7, 8, 9].map((number) => ({ node: `node${String(number)}` })),
      ],
    },
  },
  skips: {
    'the node announces no lease': {
      snapshot: healthyCluster().changeNode('node2', (node) => ({
        ...node,
        flannelAnnotations: {},
      })),
      node: 'node2',
      reason: 'The node announces no lease.',
    },
    'the backend is another one': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is host-gw, not vxlan.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
