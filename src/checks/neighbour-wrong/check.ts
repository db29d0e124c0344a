// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { neighbourText, observedNeighbourText } from '#expected/notation.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { compareNeighbours } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds neighbour entries with another MAC than the peer announces, or in a state that does not last. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes' | 'neighbours'> =
  {
    id: 'neighbour-wrong',
    title: 'Neighbour entry of a peer is wrong',
    scope: 'node',
    stability: 'stable',
    severity: 'critical',
    needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes', 'neighbours'] },
    judgesPairs: ['vxlan'],
    messages: {
      otherMac:
        '{node} addresses frames for {peer} to {mac}, which is not the MAC that {peer} announces, so its pods reach no pod there.',
      passing:
        '{node} has the right MAC of {peer}, but not as a permanent entry. The kernel may drop it at any time, and then its pods reach no pod there.',
    },
    notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
    run({ cluster, facts, node, atCluster, atNode }) {
      const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
      if (unusable !== undefined) return skip(unusable);
      const plan = vxlanPlan(cluster);
      const { wrong } = compareNeighbours(node, plan, facts.neighbours, facts.routes);
      return verdictOf(
        wrong.map(({ peer, entry, index }) => ({
          messageId: entry.mac === peer.vtepMac ? 'passing' : 'otherMac',
          data: { mac: entry.mac ?? 'no MAC' },
          breaks: 'pair',
          peer: peer.node,
          object: `neighbour ${peer.network}`,
          expected: neighbourText(peer),
          observed: observedNeighbourText(entry),
          evidence: [
            atNode('neighbours', index),
            atCluster('nodes', peer.nodeIndex, 'podCIDRs'),
            atCluster('nodes', peer.nodeIndex, 'flannelAnnotations'),
          ],
        })),
      );
    },
  };
