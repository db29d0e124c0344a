// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { currentProblems } from '#expected/flannel-log-lines.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { verdictOf } from '#model/finding.ts';

/** Finds nodes whose flanneld says in its log, now, what it cannot do. */
export const check: NodeCheck<'nodes', 'flannelLog'> = {
  id: 'flannel-log-errors',
  title: 'Log of flannel tells of an error',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes'], node: ['flannelLog'] },
  messages: {
    says: 'flannel on {node} {means}. Its log says so, last at {last} by the clock of the node (such lines in the part that was read: {count}).',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ facts: { flannelLog }, atNode }) {
    return verdictOf(
      currentProblems(flannelLog).map(({ match, index, means }) => ({
        messageId: 'says',
        data: { means, count: match.count, last: match.lastAt },
        breaks: 'none',
        object: `log line ${match.id}`,
        expected: 'nothing',
        observed: match.text,
        evidence: [atNode('flannelLog', 'matches', index)],
      })),
    );
  },
};
