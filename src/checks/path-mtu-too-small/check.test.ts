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
      largePing: pingOf(3, 0),
      largeAgain: pingOf(10, 0),
    })),
  );
}

testCheck(anyCheck(check), {
  passes: {
    ...WHOLE_PATHS,
    ...explainedLosses(lost),
    'the MTU of the link there is wrong': lost().changeKernel('node3', 'links', (links) =>
      links.map((link) => (link.name === 'flannel.1' ? { ...link, mtu: 1300 } : link)),
    ),
    'the MTU of the link there is wrong, and BusyBox names no lower link': lost().changeKernel(
      'node3',
      'links',
      (links) =>
        asBusyBoxShows(links).map((link) =>
          link.name === 'flannel.1' ? { ...link, mtu: 1500 } : link,
        ),
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
    'BusyBox tells nothing of vxlan links': {
      snapshot: lost()
        .changeKernel('node2', 'links', asBusyBoxShows)
        .changeKernel('node3', 'links', asBusyBoxShows),
      findings: [{ node: 'node2', peer: 'node3' }],
    },
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
    ...NOT_PROBED,
    ...noOutcome('largePing', 'No large packet was sent, or nothing is known of any of them.'),
    "the MTU of the node's own link is wrong": {
      snapshot: lost().changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.1' ? { ...link, mtu: 1300 } : link)),
      ),
      node: 'node2',
      reason: "The MTU of the node's own link is wrong, which is a fault of its own.",
    },
  },
});
