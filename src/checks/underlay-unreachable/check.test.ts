// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import type { NodeProbes } from '#model/probe.ts';
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
    .changeKernel('node2', 'probes', changeProbe('node3', allLost))
    .changeKernel('node3', 'probes', doesNotAsk('node2'));
}

const PROBES_OF_NODE3 = probesOf('node3');

function probesOf(node: string): NodeProbes {
  const probes = healthyCluster().build().nodes[node]?.probes;
  if (probes?.state !== 'observed') throw new Error(`nothing was probed from ${node}`);
  return probes.value;
}

function answeredFrom(
  server: string,
  outcome: 'answered' | 'silent' = 'answered',
): (probes: NodeProbes) => NodeProbes {
  return (probes) => ({ ...probes, dns: [...probes.dns, { server, outcome }] });
}

testCheck(anyCheck(check), {
  passes: {
    ...WHOLE_PATHS,
    ...explainedLosses(lost),
    'one peer drops pings, and the overlay to it works': healthyCluster().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', (probe) => ({ ...probe, underlayPing: pingOf(3, 0) })),
    ),
    'without a tunnel, nobody knows whether the peer has the overlay address': lost({
      backend: 'host-gw',
    }).withoutKernel('node3', 'addresses'),
    'the peer drops pings, and its own come back through the tunnel': lost().changeKernel(
      'node3',
      'probes',
      () => PROBES_OF_NODE3,
    ),
    'the peer drops pings, and a DNS pod on it answers': lost().changeKernel(
      'node2',
      'probes',
      answeredFrom('10.244.3.10'),
    ),
    'nothing is known of the overlay': lost().changeKernel(
      'node2',
      'probes',
      changeProbe('node3', ({ overlayPing: _, ...probe }) => probe),
    ),
  },
  fails: {
    'BusyBox tells nothing of vxlan links': {
      snapshot: lost()
        .changeKernel('node2', 'links', asBusyBoxShows)
        .changeKernel('node3', 'links', asBusyBoxShows),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
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
    'the pings of the peer come back past the tunnel alone': {
      snapshot: lost().changeKernel('node3', 'probes', () => ({
        ...PROBES_OF_NODE3,
        peers: PROBES_OF_NODE3.peers.map(overlayLost),
      })),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'without a tunnel, the two directions are not alike': {
      snapshot: healthyCluster({ backend: 'host-gw' }).changeKernel(
        'node2',
        'probes',
        changeProbe('node3', allLost),
      ),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'a DNS pod of the peer gives no answer': {
      snapshot: lost().changeKernel('node2', 'probes', answeredFrom('10.244.3.10', 'silent')),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'the peer cannot be read either': {
      snapshot: lost().withoutKernel('node3'),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'there is no route to it at all': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({ ...probe, underlayPing: pingOf(0, 0) })),
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
    ...NOT_PROBED,
    ...noOutcome(
      'underlayPing',
      'No ping to a public IP was sent, or nothing is known of any of them.',
    ),
    'the kernel of the peer ignores pings': {
      snapshot: lost().changeKernel('node3', 'sysctls', (sysctls) => ({
        ...sysctls,
        'net.ipv4.icmp_echo_ignore_all': 1,
      })),
      node: 'node2',
      reason: 'The kernel of node3 is told to ignore pings, so nothing is known of the way there.',
    },
    'all nodes drop pings, and a DNS pod on one answers': {
      snapshot: healthyCluster().changeKernel('node2', 'probes', (probes) => ({
        ...probes,
        peers: probes.peers.map(allLost),
      })),
      node: 'node2',
      reason:
        'No peer answers a ping, while a DNS pod on one of them answers: the nodes drop pings, which says nothing of the network.',
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
