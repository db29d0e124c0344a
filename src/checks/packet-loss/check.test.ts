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
      overlayPing: pingOf(20, 14),
      overlayAgain: pingOf(40, 28),
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
    'a loss that did not repeat itself': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({
        ...probe,
        overlayPing: pingOf(20, 15),
        overlayAgain: pingOf(40, 39),
      })),
    ),
    'pings past the overlay alone get lost': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({
        ...probe,
        underlayPing: pingOf(3, 2),
        underlayAgain: pingOf(40, 20),
      })),
    ),
  },
  fails: {
    'packets through the tunnel get lost': {
      snapshot: lost(),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'warning',
          breaks: 'none',
          object: 'overlay address 10.244.3.0',
          expected: 'all answers from 10.244.3.0',
          observed: '10.244.3.0: 42 of 60 answered; 192.0.2.3: 3 of 3 answered',
          message:
            '18 of 60 pings from node2 to node3 through the overlay were lost, and none past it: connections are slow and break. Something between the two drops part of the packets to UDP port 8472.',
        },
      ],
    },
    'two of the packets that were sent again are lost, and no fewer': {
      snapshot: healthyCluster().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({
          ...probe,
          overlayPing: pingOf(20, 19),
          overlayAgain: pingOf(40, 38),
        })),
      ),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'the network itself loses packets': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({
          ...probe,
          underlayPing: pingOf(3, 2),
          underlayAgain: pingOf(40, 30),
        })),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            '18 of 60 pings from node2 to node3 through the overlay were lost, and past it packets get lost too: connections are slow and break. The network between the two nodes loses them.',
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
            '18 of 60 pings from node2 to node3 through the overlay were lost: connections are slow and break.',
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
  },
});
