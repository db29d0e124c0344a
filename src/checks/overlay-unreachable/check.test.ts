// SPDX-License-Identifier: Apache-2.0

import { expect } from 'vitest';

import { anyCheck } from '#checks/define-check.ts';
import { asBusyBoxShows } from '../../../testkit/healthy-kernel.ts';
import {
  allLost,
  changeProbe,
  doesNotAsk,
  overlayLost,
  pingOf,
} from '../../../testkit/healthy-probes.ts';
import {
  explainedLosses,
  NOT_PROBED,
  WHOLE_PATHS,
  noOutcome,
} from '../../../testkit/probe-cases.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function lost(options?: Parameters<typeof healthyCluster>[0]): SnapshotBuilder {
  return healthyCluster(options)
    .changeKernel('node2', 'probes', changeProbe('node3', overlayLost))
    .changeKernel('node3', 'probes', doesNotAsk('node2'));
}

testCheck(anyCheck(check), {
  passes: {
    ...WHOLE_PATHS,
    ...explainedLosses(lost),
    'nothing comes back by either way': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', allLost),
    ),
    'the peer drops pings in the tunnel, and its own come back': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', overlayLost),
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
    'past the overlay packets get lost too, but not all': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({
          ...probe,
          underlayPing: pingOf(3, 2),
          underlayAgain: pingOf(40, 20),
        })),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          observed: '10.244.3.0: 0 of 20 answered; 192.0.2.3: 22 of 43 answered',
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
    'BusyBox tells nothing of vxlan links and no forwarding entries': {
      snapshot: lost()
        .changeKernel('node2', 'links', asBusyBoxShows)
        .changeKernel('node3', 'links', asBusyBoxShows)
        .withoutKernel('node2', 'fdb', 'unsupported')
        .withoutKernel('node3', 'fdb', 'unsupported'),
      node: 'node2',
      reason:
        'No packet through the overlay comes back from node3, and part of what the two ends hold was not read.',
    },
    'the network drops pings, and the overlay works to another peer only': {
      snapshot: lost().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        peers: probes.peers.map((probe) => ({ ...probe, underlayPing: pingOf(3, 0) })),
      })),
      node: 'node2',
      reason:
        'No packet through the overlay comes back from node3, and pings past it tell nothing: the overlay may be cut there.',
    },
    'nothing is known of the way past the overlay': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', ({ underlayPing: _, ...probe }) => probe),
      ),
      node: 'node2',
      reason:
        'No packet through the overlay comes back from node3, and pings past it tell nothing: the overlay may be cut there.',
    },
    'all nodes drop pings in the tunnel, and a DNS pod on one answers': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        peers: probes.peers.map(overlayLost),
      })),
      node: 'node2',
      reason:
        'No peer answers a ping through the overlay, while a DNS pod on one of them answers: the nodes drop pings there, which says nothing of it.',
    },
    ...NOT_PROBED,
    ...noOutcome(
      'overlayPing',
      'No ping through the overlay was sent, or nothing is known of any of them.',
    ),
  },
});
