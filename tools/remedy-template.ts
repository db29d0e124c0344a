// SPDX-License-Identifier: Apache-2.0

/** The three files of a new remedy by name: a small remedy that works, for its author to change. */
export function remedyTemplate(id: string): Readonly<Record<string, string>> {
  const words = id.replaceAll('-', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return { 'remedy.ts': code(id, title), 'remedy.test.ts': test(), 'README.md': page(id) };
}

function code(id: string, title: string): string {
  return `// SPDX-License-Identifier: Apache-2.0

import { restartFlannelStep } from '#expected/restart-flannel.ts';
import type { NodeRemedy } from '#remedies/define-remedy.ts';

/** TEMPLATE: restarts flannel where its link is gone. Say here what this remedy does, and why that helps. */
export const remedy: NodeRemedy<'flannelPods'> = {
  id: '${id}',
  title: '${title}',
  scope: 'node',
  risk: 'node',
  disturbance: 'Say which traffic is disturbed, and for how long, as it was measured.',
  invasiveness: 50,
  treats: ['link-missing'],
  needs: { cluster: ['flannelPods'], node: [] },
  plan({ cluster, findings, node }) {
    const step = restartFlannelStep(cluster.flannelPods, node);
    return step === undefined
      ? [{ kind: 'declined', findings, reason: \`No flannel pod runs on \${node}.\` }]
      : [{ kind: 'steps', findings, steps: [step] }];
  },
};
`;
}

function test(): string {
  return `// SPDX-License-Identifier: Apache-2.0

import { anyRemedy } from '#remedies/define-remedy.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testRemedy } from '../../../testkit/test-remedy.ts';
import { remedy } from './remedy.ts';

const broken = () =>
  healthyCluster().changeKernel('node2', 'links', (links) =>
    links.filter(({ name }) => name !== 'flannel.1'),
  );

testRemedy(anyRemedy(remedy), {
  treats: {
    'a node without the link': {
      snapshot: broken(),
      steps: [{ kind: 'restart-pod', node: 'node2' }],
    },
  },
  declines: {
    'no flannel pod on the node': {
      snapshot: broken().changeCluster('flannelPods', (pods) =>
        pods.filter(({ nodeName }) => nodeName !== 'node2'),
      ),
      reason: 'No flannel pod runs on node2.',
    },
  },
});
`;
}

function page(id: string): string {
  return `# ${id}

## What it does

TEMPLATE: what is changed, where, and why that mends what was found.

## What it disturbs

Which traffic, and for how long, as it was measured.

## When it does not help

- A cause that it does not reach, and what to do then.

## How it is verified

Which checks have to pass, and which packets have to come through.

## How it is taken back

What \`selvage undo\` writes, or why nothing can be taken back.

## By hand

\`\`\`sh
kubectl -n kube-flannel get pods -o wide
\`\`\`

## References

- Where flannel or the kernel does this: repository, version, path.
`;
}
