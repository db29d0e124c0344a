// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { neighbourText } from '#expected/notation.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { compareNeighbours } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds peers that a node has no neighbour entry for: nothing else resolves addresses on flannel's links. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes' | 'neighbours'> =
  {
    id: 'neighbour-missing',
    title: 'Neighbour entry of a peer is missing',
    scope: 'node',
    stability: 'stable',
    severity: 'critical',
    needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes', 'neighbours'] },
    judgesPairs: ['vxlan'],
    awaitsFlanneld: true,
    messages: {
      missing:
        '{node} does not know the MAC behind {network}, so it can address no frame to {peer} and its pods reach no pod there.',
    },
    notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
    run({ cluster, facts, node, atCluster, atNode }) {
      const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
      if (unusable !== undefined) return skip(unusable);
      const plan = vxlanPlan(cluster);
      return verdictOf(
        compareNeighbours(node, plan, facts.neighbours, facts.routes).missing.map((peer) => ({
          messageId: 'missing',
          data: { network: peer.network },
          breaks: 'pair',
          peer: peer.node,
          object: `neighbour ${peer.network}`,
          expected: neighbourText(peer),
          observed: 'nothing',
          evidence: [
            atNode('neighbours'),
            atCluster('nodes', peer.nodeIndex, 'podCIDRs'),
            atCluster('nodes', peer.nodeIndex, 'flannelAnnotations'),
          ],
        })),
      );
    },
  };
