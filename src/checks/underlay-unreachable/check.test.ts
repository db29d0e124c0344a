// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { asBusyBoxShows } from '../../../testkit/healthy-kernel.ts';
import { allLost, changeProbe, pingOf } from '../../../testkit/healthy-probes.ts';
import { explainedLosses, NOT_PROBED, WHOLE_PATHS } from '../../../testkit/probe-cases.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function lost(options?: Parameters<typeof healthyCluster>[0]): SnapshotBuilder {
  return healthyCluster(options).changeKernel('node2', 'probes', changeProbe('node3', allLost));
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
    ...NOT_PROBED,
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
