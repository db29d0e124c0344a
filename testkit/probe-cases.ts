// SPDX-License-Identifier: Apache-2.0

import { healthyCluster, type SnapshotBuilder } from './snapshot-builder.ts';
import type { CheckCases } from './test-check.ts';

/** Clusters whose probes met nothing. */
export const WHOLE_PATHS: CheckCases['passes'] = {
  'three healthy nodes': healthyCluster(),
  'one node alone': healthyCluster({ nodes: 1 }),
  'host-gw': healthyCluster({ backend: 'host-gw' }),
};

/**
 * Clusters in which something else explains the loss that node2 met on the way to node3: a check of probes passes.
 *
 * @param lost a cluster with vxlan and that loss, anew with each call
 */
export function explainedLosses(lost: () => SnapshotBuilder): CheckCases['passes'] {
  return {
    'the peer is not Ready': lost().changeNode('node3', (node) => ({
      ...node,
      conditions: [{ type: 'Ready', status: 'Unknown' }],
    })),
    'the node itself is not Ready': lost().changeNode('node2', (node) => ({
      ...node,
      conditions: [{ type: 'Ready', status: 'Unknown' }],
    })),
    'an autoscaler is removing the peer': lost().changeNode('node3', (node) => ({
      ...node,
      taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }],
    })),
    'another node announces the public IP of the peer': lost().changeNode('node1', (node) => ({
      ...node,
      flannelAnnotations: {
        ...node.flannelAnnotations,
        'flannel.alpha.coreos.com/public-ip': '192.0.2.3',
      },
    })),
    'an entry is missing here': lost().changeKernel('node2', 'fdb', (fdb) =>
      fdb.filter(({ dst }) => dst !== '192.0.2.3'),
    ),
    'an entry is missing there': lost().changeKernel('node3', 'neighbours', (neighbours) =>
      neighbours.filter(({ address }) => address !== '10.244.2.0'),
    ),
    'the route to the peer is missing': lost().changeKernel('node2', 'routes', (routes) =>
      routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
    ),
    'another route covers the address': lost().changeKernel('node2', 'routes', (routes) => [
      ...routes,
      ...routes
        .filter(({ dst }) => dst === '10.244.3.0/24')
        .map((route) => ({ ...route, dst: '10.244.3.0/28', gateway: '10.244.99.0' })),
    ]),
    'the link there is down': lost().changeKernel('node3', 'links', (links) =>
      links.map((link) => (link.name === 'flannel.1' ? { ...link, up: false } : link)),
    ),
    'the link there is of another kind': lost().changeKernel('node3', 'links', (links) =>
      links.map(({ vxlan, ...link }) => (vxlan === undefined ? link : { ...link, kind: 'dummy' })),
    ),
    'the peer has another MAC than it announces': lost().changeKernel('node3', 'links', (links) =>
      links.map((link) =>
        link.name === 'flannel.1' ? { ...link, mac: '02:00:00:00:99:99' } : link,
      ),
    ),
    'the link there lacks its address': lost().changeKernel('node3', 'addresses', (addresses) =>
      addresses.filter(({ link }) => link !== 'flannel.1'),
    ),
    'the peer announces an address that is not its own': lost().changeNode('node3', (node) => ({
      ...node,
      flannelAnnotations: {
        ...node.flannelAnnotations,
        'flannel.alpha.coreos.com/public-ip': '192.0.2.250',
      },
    })),
  };
}

/** A node whose pings of one kind all came back without an outcome, with the reason. */
export function noOutcome(
  ping: 'underlayPing' | 'overlayPing' | 'largePing',
  reason: string,
): CheckCases['skips'] {
  const snapshot = healthyCluster().changeKernel('node2', 'probes', (probes) => ({
    ...probes,
    peers: probes.peers.map(({ [ping]: _, ...probe }) => probe),
  }));
  return { 'no outcome came back': { snapshot, node: 'node2', reason } };
}

/** Nodes of which no probe is judged, with the reason. */
export const NOT_PROBED: CheckCases['skips'] = {
  'probes were switched off': {
    snapshot: healthyCluster().changeKernel('node2', 'probes', () => ({
      mode: 'none',
      peers: [],
      dns: [],
    })),
    node: 'node2',
    reason: 'Probes were switched off.',
  },
  'the node announces nothing': {
    snapshot: healthyCluster()
      .changeNode('node2', (node) => ({ ...node, flannelAnnotations: {} }))
      .changeKernel('node2', 'probes', (probes) => ({ ...probes, peers: [] })),
    node: 'node2',
    reason: 'The node announces no usable lease, so nothing was probed from it.',
  },
  'the backend is one that is not judged': {
    snapshot: healthyCluster().changeNetConf((netConf) => ({ ...netConf, backendType: 'udp' })),
    node: 'node1',
    reason: 'The backend is udp, whose paths are not probed.',
  },
  'the node runs Windows': {
    snapshot: healthyCluster({ windowsNodes: 1 }),
    node: 'win1',
    reason: 'The node runs windows; Linux kernel state does not exist there.',
  },
};
