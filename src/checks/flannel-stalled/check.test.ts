// SPDX-License-Identifier: Apache-2.0

import { anyCheck } from '#checks/define-check.ts';
import { healthyCluster, type SnapshotBuilder } from '../../../testkit/snapshot-builder.ts';
import { testCheck } from '../../../testkit/test-check.ts';
import { check } from './check.ts';

function inState(state: string): SnapshotBuilder {
  return healthyCluster().changeKernel('node2', 'flannelProcess', () => ({ pid: 1, state }));
}

testCheck(anyCheck(check), {
  passes: {
    'a healthy cluster': healthyCluster(),
    'flanneld is running just now': inState('R'),
    'flanneld waits for a disk: one look tells nothing': inState('D'),
    'a state that a newer kernel has': inState('Q'),
  },
  fails: {
    'flanneld was stopped by a signal': {
      snapshot: inState('T'),
      findings: [
        {
          node: 'node2',
          severity: 'warning',
          breaks: 'none',
          object: 'process 1 (flanneld)',
          expected: 'state S or R',
          observed: 'state T',
          message:
            'flanneld on node2 is stopped by a signal, whatever the status of its pod says: the kernel reports state T for process 1 in the container. What it wrote stays and carries traffic, but nodes that join, leave or change from now on are not followed on node2.',
        },
      ],
    },
    'a debugger holds flanneld': {
      snapshot: inState('t'),
      findings: [{ node: 'node2', observed: 'state t' }],
    },
    'flanneld is dead under a shell that does not notice': {
      snapshot: inState('Z'),
      findings: [{ node: 'node2', observed: 'state Z' }],
    },
  },
  skips: {
    'the node was read through another container': {
      snapshot: healthyCluster().changeKernel('node2', 'flannelProcess', () => null),
      node: 'node2',
      reason: 'No process named flanneld can be seen from the container that was read through.',
    },
    'the node runs Windows': {
      snapshot: healthyCluster({ windowsNodes: 1 }),
      node: 'win1',
      reason: 'The node runs windows; Linux kernel state does not exist there.',
    },
  },
});
