// SPDX-License-Identifier: Apache-2.0

import type { Link } from '#model/kernel.ts';
import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const RESTART = { kind: 'restart-pod', node: 'node2' } as const;
const DELETE = { kind: 'delete-link', node: 'node2', link: 'flannel.1', ifindex: 7 } as const;

function withLink(change: (link: Link) => readonly Link[]): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'links', (links) =>
    links.flatMap((link) => (link.name === 'flannel.1' ? change({ ...link, ifindex: 7 }) : [link])),
  );
}

testRemedy(anyRemedy(remedy), {
  treats: {
    'the link is gone': { snapshot: withLink(() => []), steps: [RESTART] },
    'the link is down': {
      snapshot: withLink((link) => [{ ...link, up: false }]),
      steps: [DELETE, RESTART],
    },
    'the MTU is wrong': {
      snapshot: withLink((link) => [{ ...link, mtu: 1300 }]),
      steps: [DELETE, RESTART],
    },
    'the port is another': {
      snapshot: withLink((link) =>
        link.vxlan === undefined ? [] : [{ ...link, vxlan: { ...link.vxlan, port: 4789 } }],
      ),
      steps: [DELETE, RESTART],
    },
  },
  declines: {
    'no flannel pod is on the node': {
      snapshot: withLink(() => []).changeCluster('flannelPods', (pods) =>
        pods.filter(({ nodeName }) => nodeName !== 'node2'),
      ),
      reason: /^No flannel pod runs on node2/,
    },
    'the link of another backend is down': {
      snapshot: healthyCluster({ backend: 'ipip' }).changeKernel('node2', 'links', (links) =>
        links.map((link) => (link.name === 'flannel.ipip' ? { ...link, up: false } : link)),
      ),
      reason: /ipip/,
    },
  },
});
