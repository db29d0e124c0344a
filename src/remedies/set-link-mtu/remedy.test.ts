// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

function withMtu(mtu: number): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'links', (links) =>
    links.map((link) => (link.name === 'flannel.1' ? { ...link, ifindex: 7, mtu } : link)),
  );
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'the MTU is too small': {
      snapshot: withMtu(1300),
      steps: [
        {
          kind: 'write-link-mtu',
          node: 'node2',
          link: 'flannel.1',
          before: ['ifindex 7 mtu 1300'],
          after: ['ifindex 7 mtu 1450'],
        },
      ],
    },
    'the MTU is too large': {
      snapshot: withMtu(1500),
      steps: [{ kind: 'write-link-mtu', after: ['ifindex 7 mtu 1450'] }],
    },
  },
  declines: {
    'flannel is a part of another program': {
      snapshot: withMtu(1300).changeCluster('flannel', ({ annotationPrefix }) => ({
        kind: 'embedded',
        annotationPrefix,
      })),
      reason: /part of another program/,
    },
  },
});
