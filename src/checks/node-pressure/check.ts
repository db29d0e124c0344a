// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { shortText } from '#expected/short-text.ts';
import { verdictOf } from '#model/finding.ts';

/** What runs short under each condition (kubernetes/api: core/v1, NodeConditionType). */
const SHORT_OF: Readonly<Record<string, string>> = {
  MemoryPressure: 'memory',
  DiskPressure: 'disk space',
  PIDPressure: 'process ids',
};

/** Finds nodes whose kubelet reports that something runs short. */
export const check: NodeCheck<'nodes'> = {
  id: 'node-pressure',
  title: 'Node is under resource pressure',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes'], node: [] },
  messages: {
    pressure:
      '{node} has been short of {resource} since {since}. Its kubelet evicts pods to get room, and flannel or CoreDNS may be among them; what the kernel holds for traffic stays.',
  },
  run({ cluster, node, atCluster }) {
    const { object, index } = findNode(cluster.nodes, node);
    return verdictOf(
      object.conditions.flatMap(({ type, status, reason, lastTransitionAt }, position) => {
        const resource = SHORT_OF[type];
        if (resource === undefined || status !== 'True') return [];
        const why = reason === undefined ? '' : ` (${shortText(reason)})`;
        return [
          {
            messageId: 'pressure',
            data: { resource, since: lastTransitionAt ?? 'an unknown time' },
            breaks: 'none',
            object: `condition ${type}`,
            expected: `${type}=False`,
            observed: `${type}=True${why}`,
            evidence: [atCluster('nodes', index, 'conditions', position)],
          },
        ];
      }),
    );
  },
};
