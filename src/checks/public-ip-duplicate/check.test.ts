// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NodeObject } from '#model/cluster.ts';
import { HEALTHY_CLUSTERS } from '../../../testkit/healthy-clusters.ts';
import { type SnapshotBuilder, healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

const PREFIX = 'flannel.alpha.coreos.com';
const NAT = '10.0.2.15';

/** A node whose annotation, and whose status where `owned`, has an address. */
function announcing(
  builder: SnapshotBuilder,
  node: string,
  publicIp: string,
  change: (node: NodeObject) => NodeObject = (object) => object,
): SnapshotBuilder {
  return builder.changeNode(node, (object) =>
    change({
      ...object,
      flannelAnnotations: { ...object.flannelAnnotations, [`${PREFIX}/public-ip`]: publicIp },
    }),
  );
}

function owning(...internalIPs: readonly string[]): (node: NodeObject) => NodeObject {
  return (node) => ({ ...node, internalIPs });
}

function notReady(node: NodeObject): NodeObject {
  return { ...node, conditions: [{ type: 'Ready', status: 'Unknown' }] };
}

/** node2 and node3 behind the one address of a NAT. */
function twoBehindNat(): SnapshotBuilder {
  return announcing(announcing(healthyCluster(), 'node2', NAT), 'node3', NAT);
}

testCheck(anyCheck(check), {
  passes: {
    ...HEALTHY_CLUSTERS,
    'two hundred nodes': healthyCluster({ nodes: 200 }),
    'an annotation with the address of another node, which is a mismatch': announcing(
      healthyCluster(),
      'node2',
      '192.0.2.3',
    ),
  },
  fails: {
    'two nodes announce the address of a NAT': {
      snapshot: twoBehindNat(),
      findings: [
        {
          node: 'node2',
          severity: 'critical',
          breaks: 'node',
          object: 'public IP 10.0.2.15',
          expected: '10.0.2.15 on one node',
          observed: '10.0.2.15 on node2, node3',
          message:
            'node2 announces the public IP 10.0.2.15, as do node3. Packets for the pods of these nodes all go to one address, so they do not reach each other, and other nodes reach one of them at best.',
        },
        { node: 'node3', severity: 'critical', breaks: 'node' },
      ],
    },
    'both nodes have the address': {
      snapshot: announcing(
        announcing(healthyCluster(), 'node2', NAT, owning(NAT)),
        'node3',
        NAT,
        owning(NAT),
      ),
      findings: [{ node: 'node2' }, { node: 'node3' }],
    },
    'an administrator gave a node the address of another': {
      snapshot: announcing(healthyCluster(), 'node2', '192.0.2.3', (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          [`${PREFIX}/public-ip-overwrite`]: '192.0.2.3',
        },
      })),
      findings: [{ node: 'node2', severity: 'critical' }],
    },
    'a Node object was left behind': {
      snapshot: announcing(healthyCluster(), 'node3', '192.0.2.2', notReady),
      findings: [
        {
          node: 'node3',
          severity: 'info',
          breaks: 'none',
          message:
            'node3, which is not Ready, announces the public IP 192.0.2.2 of node2. It looks like a Node object that was left behind; the others are not harmed.',
        },
      ],
    },
    'both nodes are not Ready': {
      snapshot: announcing(
        announcing(healthyCluster(), 'node2', NAT, notReady),
        'node3',
        NAT,
        notReady,
      ),
      findings: [
        { node: 'node2', severity: 'critical' },
        { node: 'node3', severity: 'critical' },
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
    'wireguard tells nodes apart by their ports': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'wireguard',
      })),
      node: 'node1',
      reason: 'With the backend wireguard the public IP alone does not say where packets go.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
