// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { allLost, changeProbe, pingOf } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function lost(options?: Parameters<typeof healthyCluster>[0]): SnapshotBuilder {
  return healthyCluster(options).changeKernel('node2', 'probes', changeProbe('node3', allLost));
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
    'one peer drops pings, and the overlay to it works': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({ ...probe, underlayPing: pingOf(3, 0) })),
    ),
    'nothing is known of the overlay': lost().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', ({ overlayPing: _, ...probe }) => probe),
    ),
  },
  fails: {
    'nothing comes back by either way': {
      snapshot: lost(),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'address 192.0.2.3',
          expected: 'answers from 192.0.2.3',
          observed: '192.0.2.3: 0 of 3 answered; 10.244.3.0: 0 of 20 answered',
          message:
            'node2 gets no answer from node3 at 192.0.2.3, nor through the overlay, although both are Ready. The network between the two nodes is cut, or node3 has just died: look for a firewall, a route or a cable, not at Flannel.',
        },
      ],
    },
    'the peer cannot be read either': {
      snapshot: lost().withoutKernel('node3'),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'there is no route to it at all': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({ ...allLost(probe), underlayPing: pingOf(0, 0) })),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          observed: '192.0.2.3: no route; 10.244.3.0: 0 of 20 answered',
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
    'the network drops pings': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        peers: probes.peers.map((probe) => ({ ...probe, underlayPing: pingOf(3, 0) })),
      })),
      node: 'node2',
      reason:
        'No peer answers a ping at its public IP, while the overlay works: the network drops pings, which says nothing of it.',
    },
  },
});
