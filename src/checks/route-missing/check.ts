// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { routeTo } from '#expected/direct-routing.ts';
import {
  peerRouteText,
  type RoutePlan,
  routePlan,
  anyRouteNotJudged,
  routesUnusable,
} from '#expected/route-plan.ts';
import { compareRoutes } from '#expected/vxlan-entries.ts';
import { missingNetworkRoutes } from '#expected/wireguard-routes.ts';
import type { Route } from '#model/kernel.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Which story it is: host-gw looks after its routes, but cannot write one that leads through a router. */
function messageFor(plan: RoutePlan, routes: readonly Route[], publicIp: string): string {
  if (plan.backend === 'vxlan') return 'missing';
  if (plan.backend === 'ipip') return 'tunnelRecovering';
  return routeTo(routes, publicIp)?.gateway === undefined ? 'recovering' : 'behindRouter';
}

/**
 * Finds peers whose pod range a node has no route for. With vxlan, flanneld wrote the route once and never looks
 * again; with host-gw it looks every 10 s (flannel@v0.28.9:pkg/backend/route_network.go, routeCheckRetries).
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes'> = {
  id: 'route-missing',
  title: 'Route to a peer is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes'] },
  judgesPairs: ['vxlan', 'host-gw', 'ipip'],
  awaitsFlanneld: true,
  messages: {
    missing:
      '{node} has no route to {podCidr}, so its pods reach no pod on {peer} and answer none from there.',
    recovering:
      '{node} has no route to {podCidr}, so its pods reach no pod on {peer} and answer none from there. With host-gw, flanneld writes a missing route again within 10 seconds and logs "Route recovered": run the check again to see whether it stays away.',
    behindRouter:
      '{node} has no route to {podCidr}, so its pods reach no pod on {peer} and answer none from there. {node} reaches {publicIp} through a router only, and host-gw works on one segment, so flanneld cannot write the route.',
    tunnelRecovering:
      '{node} has no route to {podCidr}, so its pods reach no pod on {peer} and answer none from there. With ipip, flanneld writes a missing route again within 10 seconds and logs "Route recovered": run the check again to see whether it stays away.',
    networkMissing:
      '{node} has no route to {network} through {link}, so its pods reach no pod on another node over IPv{family}. With wireguard, flanneld writes it only when it starts or another node changes its annotations.',
  },
  notApplicable: ({ cluster, node }) => anyRouteNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const unusable = routesUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    if (cluster.netConf.backendType === 'wireguard') {
      return verdictOf(
        missingNetworkRoutes(cluster, node, facts.routes).map(
          ({ family, link, network, text }) => ({
            messageId: 'networkMissing',
            data: { family, link, network },
            breaks: 'node',
            object: `route ${network}`,
            expected: text,
            observed: 'nothing',
            evidence: [
              atNode('routes'),
              atCluster('netConf', family === 4 ? 'network' : 'ipv6Network'),
            ],
          }),
        ),
      );
    }
    const plan = routePlan(cluster);
    return verdictOf(
      compareRoutes(node, plan, facts.routes).missing.map((peer) => ({
        messageId: messageFor(plan, facts.routes, peer.publicIp),
        data: { podCidr: peer.podCidr, publicIp: peer.publicIp },
        breaks: 'pair',
        peer: peer.node,
        object: `route ${peer.podCidr}`,
        expected: peerRouteText(plan, facts.routes, peer),
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
