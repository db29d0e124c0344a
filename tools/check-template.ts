// SPDX-License-Identifier: Apache-2.0

/** The three files of a new check by name: a small check that works, for its author to change. */
export function checkTemplate(id: string): Readonly<Record<string, string>> {
  const words = id.replaceAll('-', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return { 'check.ts': code(id, title), 'check.test.ts': test(), 'README.md': page(id) };
}

function code(id: string, title: string): string {
  return `// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** TEMPLATE: a node without a loopback link. Say here what this check finds, and where the fact comes from. */
export const check: NodeCheck<'netConf', 'links'> = {
  id: '${id}',
  title: '${title}',
  scope: 'node',
  stability: 'preview',
  severity: 'warning',
  needs: { cluster: ['netConf'], node: ['links'] },
  messages: {
    missing: 'Node {node} has no link {link}. Its own services cannot talk to each other.',
  },
  run: ({ cluster, facts, atNode }) => {
    if (cluster.netConf.backendType !== 'vxlan') return skip('The backend is not vxlan.');
    if (facts.links.some(({ name }) => name === 'lo')) return verdictOf([]);
    return verdictOf([
      {
        messageId: 'missing',
        data: { link: 'lo' },
        breaks: 'none',
        object: 'link lo',
        expected: 'link lo',
        observed: 'nothing',
        evidence: [atNode('links')],
      },
    ]);
  },
};
`;
}

function test(): string {
  return `// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

testCheck(anyCheck(check), {
  passes: {
    'a healthy cluster': healthyCluster(),
  },
  fails: {
    'a node without the link': {
      snapshot: healthyCluster().changeKernel('node2', 'links', (links) =>
        links.filter(({ name }) => name !== 'lo'),
      ),
      findings: [{ node: 'node2', severity: 'warning', expected: 'link lo', observed: 'nothing' }],
    },
  },
  skips: {
    'another backend': {
      snapshot: healthyCluster().changeNetConf((netConf) => ({
        ...netConf,
        backendType: 'host-gw',
      })),
      node: 'node1',
      reason: 'The backend is not vxlan.',
    },
  },
});
`;
}

function page(id: string): string {
  return `# ${id}

## What is wrong

TEMPLATE: one paragraph, in the words of the kernel: what SHOULD be there, and what IS.

## Why it matters

Which traffic breaks, and what people notice.

## Confirm by hand

On the node:

\`\`\`sh
ip link show lo
\`\`\`

## How to fix

What to do, in order, and what each step disturbs.

## When this is not a fault

Set-ups in which this is intended.

## References

- Where flannel or the kernel does this: repository, version, path.
`;
}
