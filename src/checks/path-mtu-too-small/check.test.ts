// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { changeProbe, pingOf } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function lost(options?: Parameters<typeof healthyCluster>[0]): SnapshotBuilder {
  return healthyCluster(options).changeKernel(
    'node2',
    'probes',
    changeProbe('node3', (probe) => ({
      ...probe,
      largePing: pingOf(3, 0),
      largeAgain: pingOf(10, 0),
    })),
  );
}

testCheck(anyCheck(check), {
  passes: {
    'three healthy nodes': healthyCluster(),
    'one node alone': healthyCluster({ nodes: 1 }),
    'host-gw': healthyCluster({ backend: 'host-gw' }),
    'the peer is not Ready': lost().changeNode('node3', (node) => ({
      ...node,
      conditions: [{ type: 'Ready', status: 'Unknown' }],
    })),
    'an entry is missing here': lost().changeKernel('node2', 'fdb', (fdb) =>
      fdb.filter(({ dst }) => dst !== '192.0.2.3'),
    ),
    'an entry is missing there': lost().changeKernel('node3', 'neighbours', (neighbours) =>
      neighbours.filter(({ address }) => address !== '10.244.2.0'),
    ),
    'the route there is wrong': lost().changeKernel('node2', 'routes', (routes) => [
      ...routes.filter(({ dst }) => dst !== '10.244.3.0/24'),
    ]),
    'another route covers the address': lost().changeKernel('node2', 'routes', (routes) => [
      ...routes,
      ...routes
        .filter(({ dst }) => dst === '10.244.3.0/24')
        .map((route) => ({ ...route, dst: '10.244.3.0/28', gateway: '10.244.99.0' })),
    ]),
    'the link there is down': lost().changeKernel('node3', 'links', (links) =>
      links.map((link) => (link.name === 'flannel.1' ? { ...link, up: false } : link)),
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
    'the MTU of the link there is wrong': lost().changeKernel('node3', 'links', (links) =>
      links.map((link) => (link.name === 'flannel.1' ? { ...link, mtu: 1300 } : link)),
    ),
    'some large packets pass': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({ ...probe, largePing: pingOf(3, 1) })),
    ),
    'so many small packets get lost that large ones prove nothing': lost().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({
        ...probe,
        overlayPing: pingOf(20, 6),
        overlayAgain: pingOf(40, 12),
      })),
    ),
    'large packets were not sent again': lost().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', ({ largeAgain: _, ...probe }) => probe),
    ),
  },
  fails: {
    'packets of the MTU are lost where small ones pass': {
      snapshot: lost(),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'overlay address 10.244.3.0',
          expected: 'answers to packets of 1450 bytes from 10.244.3.0',
          observed: '1450 bytes: 0 of 13 answered; 84 bytes: 20 of 20 answered',
          message:
            'Packets of 1450 bytes, which pods on node2 may send, do not get to node3 and back, while small ones do: connections open, then hang when data flows. In the tunnel they have 1500 bytes, and the network between the two nodes drops that size. Its MTU has to be 1500, or the MTU of Flannel smaller.',
        },
      ],
    },
    'jumbo frames end at a switch': {
      snapshot: lost({ underlayMtu: 9000 }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          expected: 'answers to packets of 8950 bytes from 10.244.3.0',
        },
      ],
    },
    'there is no tunnel': {
      snapshot: lost({ backend: 'host-gw' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            'Packets of 1500 bytes, which pods on node2 may send, do not get to node3 and back, while small ones do: connections open, then hang when data flows. The network between the two nodes drops that size. Its MTU has to be 1500, or the MTU of Flannel smaller.',
        },
      ],
    },
  },
  skips: {
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
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'udp',
      })),
      node: 'node1',
      reason: 'The backend is udp, whose paths are not probed.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
    "the MTU of the node's own link is wrong": {
      snapshot: lost().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.1' ? { ...link, mtu: 1300 } : link)),
      ),
      node: 'node2',
      reason: "The MTU of the node's own link is wrong, which is a fault of its own.",
    },
  },
});
