// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { entryGroups } from '#expected/entry-groups.ts';
import { observedRouteText } from '#expected/notation.ts';
import {
  peerRouteText,
  routePlan,
  anyRouteNotJudged,
  routesUnusable,
} from '#expected/route-plan.ts';
import { compareRoutes } from '#expected/vxlan-entries.ts';
import { divertedPeers } from '#expected/wireguard-routes.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds peers whose pod range a node routes elsewhere: wrong next hop, wrong link, or a blackhole. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes'> = {
  id: 'route-wrong',
  title: 'Route to a peer leads elsewhere',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes'] },
  judgesPairs: ['vxlan', 'host-gw', 'ipip'],
  messages: {
    astray:
      '{node} has a wrong route to {podCidr}, so what its pods send to pods on {peer} goes astray.',
  },
  notApplicable: ({ cluster, node }) => anyRouteNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const unusable = routesUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    if (cluster.netConf.backendType === 'wireguard') {
      const diverted = divertedPeers(cluster, node, facts.routes);
      return verdictOf(
        entryGroups(diverted, ({ podCidr }) => podCidr).map((group) => {
          const { peer, nodeIndex, podCidr, expected } = group[0];
          return {
            messageId: 'astray',
            data: { podCidr },
            breaks: 'pair',
            peer,
            object: `route ${podCidr}`,
            expected: expected.text,
            observed: group.map(({ route }) => observedRouteText(route)).join('; '),
            evidence: [
              ...group.map(({ index }) => atNode('routes', index)),
              atCluster('nodes', nodeIndex, 'podCIDRs'),
            ],
          };
        }),
      );
    }
    const plan = routePlan(cluster);
    const { wrong } = compareRoutes(node, plan, facts.routes);
    return verdictOf(
      entryGroups(wrong, ({ peer }) => peer).map((group) => {
        const { peer } = group[0];
        return {
          messageId: 'astray',
          data: { podCidr: peer.podCidr },
          breaks: 'pair',
          peer: peer.node,
          object: `route ${peer.podCidr}`,
          expected: peerRouteText(plan, facts.routes, peer),
          observed: group.map(({ entry }) => observedRouteText(entry)).join('; '),
          evidence: [
            ...group.map(({ index }) => atNode('routes', index)),
            atCluster('nodes', peer.nodeIndex, 'podCIDRs'),
            atCluster('nodes', peer.nodeIndex, 'flannelAnnotations'),
          ],
        };
      }),
    );
  },
};
