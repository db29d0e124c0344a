// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const PREFIX = 'flannel.alpha.coreos.com';

/** Changes annotations of a node. */
function announcing(
  builder: SnapshotBuilder,
  node: string,
  fields: Readonly<Record<string, string>>,
): SnapshotBuilder {
  const keyed = Object.fromEntries(
    Object.entries(fields).map(([suffix, value]) => [`${PREFIX}/${suffix}`, value]),
  );
  return builder.changeNode(node, (object) => ({
    ...object,
    flannelAnnotations: { ...object.flannelAnnotations, ...keyed },
  }));
}

function dataWith(vni: number): { readonly 'backend-data': string } {
  return { 'backend-data': `{"VNI":${String(vni)},"VtepMAC":"02:00:00:00:00:03"}` };
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'an old flannel that announces no VNI': announcing(healthyCluster(), 'node3', {
      'backend-data': '{"VtepMAC":"02:00:00:00:00:03"}',
    }),
  },
  fails: {
    'one node changed to another backend': {
      snapshot: announcing(healthyCluster(), 'node3', {
        'backend-type': 'host-gw',
        'backend-data': 'null',
      }),
      findings: [
        {
          node: 'node3',
          severity: 'critical',
          breaks: 'node',
          expected: 'vxlan, VNI 1',
          observed: 'host-gw',
          message:
            'node3 runs flannel with host-gw, most nodes with vxlan, VNI 1. Nodes with different backends or VNIs take nothing from each other, so node3 is cut off from those.',
        },
      ],
    },
    'one node has another VNI': {
      snapshot: announcing(healthyCluster(), 'node3', dataWith(7)),
      findings: [{ node: 'node3', expected: 'vxlan, VNI 1', observed: 'vxlan, VNI 7' }],
    },
    'two nodes that differ, without a majority': {
      snapshot: announcing(healthyCluster({ nodes: 2 }), 'node2', { 'backend-type': 'ipip' }),
      findings: [
        {
          node: 'node1',
          severity: 'critical',
          observed: 'vxlan, VNI 1',
          message:
            'node1 runs flannel with vxlan, VNI 1, other nodes with ipip, and neither is the majority. Nodes with different backends or VNIs take nothing from each other.',
        },
        { node: 'node2', observed: 'ipip' },
      ],
    },
  },
  skips: {
    'the node announces no backend': {
      snapshot: announcing(healthyCluster(), 'node2', { 'backend-type': '' }),
      node: 'node2',
      reason: 'The node announces no backend.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
