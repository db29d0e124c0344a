// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/**
 * States in which a process does nothing until somebody else acts (man 5 proc_pid_stat), and what that is. `D` is not
 * among them: one look cannot tell a moment of waiting for a disk from a process that hangs.
 */
const FROZEN: Readonly<Record<string, string>> = {
  T: 'stopped by a signal',
  t: 'stopped by a debugger',
  Z: 'dead, and its parent does not notice',
  X: 'dead',
};

/** Finds nodes whose flanneld process exists but does not run, while nothing of that shows in the pod's status. */
export const check: NodeCheck<'nodes', 'flannelProcess'> = {
  id: 'flannel-stalled',
  title: 'Process of flannel is frozen',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes'], node: ['flannelProcess'] },
  messages: {
    frozen:
      'flanneld on {node} is {state}, whatever the status of its pod says: the kernel reports state {letter} for process {pid} in the container. What it wrote stays and carries traffic, but nodes that join, leave or change from now on are not followed on {node}.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ facts: { flannelProcess }, atNode }) {
    if (flannelProcess === null) {
      return skip(
        'No process named flanneld can be seen from the container that was read through.',
      );
    }
    const { pid, state: letter } = flannelProcess;
    const state = FROZEN[letter];
    if (state === undefined) return PASS;
    return verdictOf([
      {
        messageId: 'frozen',
        data: { state, letter, pid },
        breaks: 'none',
        object: `process ${String(pid)} (flanneld)`,
        expected: 'state S or R',
        observed: `state ${letter}`,
        evidence: [atNode('flannelProcess', 'state')],
      },
    ]);
  },
};
