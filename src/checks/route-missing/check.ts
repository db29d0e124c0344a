// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { shapeTowards } from '#expected/direct-routing.ts';
import { compareRoutes } from '#expected/vxlan-entries.ts';
import { routeText } from '#expected/notation.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds peers whose pod range a node has no route for. flanneld wrote the route once and never looks again. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes'> = {
  id: 'route-missing',
  title: 'Route to a peer is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes'] },
  judgesPairs: true,
  messages: {
    missing:
      '{node} has no route to {podCidr}, so its pods reach no pod on {peer} and answer none from there.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    const plan = vxlanPlan(cluster);
    return verdictOf(
      compareRoutes(node, plan, facts.routes).missing.map((peer) => ({
        messageId: 'missing',
        data: { podCidr: peer.podCidr },
        breaks: 'pair',
        peer: peer.node,
        object: `route ${peer.podCidr}`,
        expected: routeText(peer, shapeTowards(plan, facts.routes, peer.publicIp)),
        observed: 'nothing',
        evidence: [
          atNode('routes'),
          atCluster('nodes', peer.nodeIndex, 'podCIDRs'),
          atCluster('nodes', peer.nodeIndex, 'flannelAnnotations'),
        ],
      })),
    );
  },
};
