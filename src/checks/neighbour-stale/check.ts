// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { observedNeighbourText } from '#expected/notation.ts';
import { notVxlan } from '#expected/vxlan-applicability.ts';
import { compareNeighbours } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { verdictOf } from '#model/finding.ts';

/** Finds permanent neighbour entries that no peer asks for: left behind, and harmless without a route. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'routes' | 'neighbours'> = {
  id: 'neighbour-stale',
  title: 'Neighbour entry that no node asks for',
  scope: 'node',
  stability: 'stable',
  severity: 'info',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['routes', 'neighbours'] },
  messages: {
    leftover:
      '{node} still has a neighbour entry for {address}, which belongs to no node. It harms nothing.',
    own: '{node} has a neighbour entry for its own address {address}. The kernel never uses it, so it harms nothing.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const plan = vxlanPlan(cluster);
    const { stale } = compareNeighbours(node, plan, facts.neighbours, facts.routes);
    return verdictOf(
      stale.map(({ entry, index, own }) => ({
        messageId: own === undefined ? 'leftover' : 'own',
        data: { address: entry.address },
        breaks: 'none',
        object: `neighbour ${entry.address}`,
        expected: 'nothing',
        observed: observedNeighbourText(entry),
        evidence: [atNode('neighbours', index), atCluster('nodes')],
      })),
    );
  },
};
