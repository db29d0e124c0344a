// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { asBusyBoxShows } from '../../../testkit/healthy-kernel.ts';
import { changeProbe, pingOf } from '../../../testkit/healthy-probes.ts';
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

/** node3 announces an address that it is reached at and does not have, and the others hold the entries for it. */
function behindNat(builder: SnapshotBuilder): SnapshotBuilder {
  const changed = builder.changeNode('node3', (node) => ({
    ...node,
    flannelAnnotations: {
      ...node.flannelAnnotations,
      'flannel.alpha.coreos.com/public-ip': '198.51.100.3',
    },
  }));
  return changed.changeKernel('node2', 'fdb', (fdb) =>
    fdb.map((entry) => (entry.dst === '192.0.2.3' ? { ...entry, dst: '198.51.100.3' } : entry)),
  );
}

testCheck(anyCheck(check), {
  passes: {
    'the peer announces an address that it does not have, and nobody chose it': behindNat(lost()),
    ...WHOLE_PATHS,
    ...explainedLosses(lost),
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
    'BusyBox tells nothing of vxlan links': {
      snapshot: lost()
        .changeKernel('node2', 'links', asBusyBoxShows)
        .changeKernel('node3', 'links', asBusyBoxShows),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
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
    'the network drops pings, so nobody knows whether it loses packets': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', (probe) => ({ ...probe, underlayPing: pingOf(3, 0) })),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            '18 of 60 pings from node2 to node3 through the overlay were lost: connections are slow and break.',
        },
      ],
    },
    'what came of the pings past the overlay did not come back': {
      snapshot: lost().changeKernel(
        'node2',
        'probes',
        changeProbe('node3', ({ underlayPing: _, ...probe }) => probe),
      ),
      findings: [
        {
          node: 'node2',
          peer: 'node3',
          message:
            '18 of 60 pings from node2 to node3 through the overlay were lost: connections are slow and break.',
        },
      ],
    },
    'a person chose the public IP, which no link of the peer has': {
      snapshot: behindNat(lost()).changeNode('node3', (node) => ({
        ...node,
        flannelAnnotations: {
          ...node.flannelAnnotations,
          'flannel.alpha.coreos.com/public-ip-overwrite': '198.51.100.3',
        },
      })),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
    'flanneld was told the public IP by a flag': {
      snapshot: behindNat(lost()).changeCluster('flannel', (flannel) =>
        flannel.kind === 'daemonset' ? { ...flannel, publicIpFlag: true } : flannel,
      ),
      findings: [{ node: 'node2', peer: 'node3' }],
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
    ...NOT_PROBED,
    ...noOutcome(
      'overlayPing',
      'No ping through the overlay was sent, or nothing is known of any of them.',
    ),
  },
});
