// SPDX-License-Identifier: Apache-2.0

import { expect } from 'vitest';

import { anyCheck } from '#checks/define-check.ts';
import { allLost, changeProbe, overlayLost } from '../../../testkit/healthy-probes.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function lost(options?: Parameters<typeof healthyCluster>[0]): SnapshotBuilder {
  return healthyCluster(options).changeKernel('node2', 'probes', changeProbe('node3', overlayLost));
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
    'nothing comes back by either way': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', allLost),
    ),
    'the outcome did not come back': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', ({ peer, underlay, overlay = '' }) => ({ peer, underlay, overlay })),
    ),
  },
  fails: {
    'no packet through the overlay comes back': {
      snapshot: lost(),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          severity: 'critical',
          breaks: 'pair',
          object: 'overlay address 10.244.3.0',
          expected: 'answers from 10.244.3.0',
          observed: '10.244.3.0: 0 of 20 answered; 192.0.2.3: 3 of 3 answered',
          message:
            'node2 reaches node3 at 192.0.2.3, but no packet through the overlay comes back, although both hold what they have to hold. Something drops VXLAN between them: look for a firewall or a security group that blocks UDP port 8472.',
        },
      ],
    },
    'the port is another': {
      snapshot: lost({ port: 4789 }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message: expect.stringContaining('UDP port 4789') as string,
        },
      ],
    },
    'the network drops packets of pods with host-gw': {
      snapshot: lost({ backend: 'host-gw' }),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            'node2 reaches node3 at 192.0.2.3, but no packet to the pod range of node3 comes back, although both hold what they have to hold. Something drops packets between them whose address is no address of a node: look for source/destination checks and anti-spoofing of the network.',
        },
      ],
    },
  },
  skips: {
    "the node's own entries could not be read": {
      snapshot: lost().withoutKernel('node2', 'fdb'),
      node: 'node2',
      reason:
        'No packet through the overlay comes back from node3, and part of what the two ends hold was not read.',
    },
    'the peer could not be read': {
      snapshot: lost().withoutKernel('node3'),
      node: 'node2',
      reason:
        'No packet through the overlay comes back from node3, and part of what the two ends hold was not read.',
    },
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
