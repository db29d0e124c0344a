// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { type Group, entryGroups } from '#expected/entry-groups.ts';
import { isDoubtfulHostGw } from '#expected/entry-meaning.ts';
import { observedRouteText } from '#expected/notation.ts';
import type { Peer } from '#expected/peer-plan.ts';
import { isOutranked, nodeAround } from '#expected/route-overlap.ts';
import { type RoutePlan, routePlan, routesNotJudged } from '#expected/route-plan.ts';
import { type StaleEntry, compareRoutes } from '#expected/vxlan-entries.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { Route } from '#model/kernel.ts';

type Judgement = Pick<Finding, 'messageId' | 'severity' | 'breaks' | 'peer'>;

type StaleRoute = StaleEntry<Route, Peer>;

/** What the leftover does today, by the ranges that are in use now. */
function judge(
  node: string,
  { backend }: RoutePlan,
  routes: readonly Route[],
  stale: StaleRoute,
): Judgement {
  const { entry, family, own } = stale;
  const around = own ?? nodeAround(family, entry.dst);
  if (around === undefined) return { messageId: 'leftover', severity: 'info', breaks: 'none' };
  if (isOutranked(routes, entry)) {
    return { messageId: 'outranked', severity: 'info', breaks: 'none' };
  }
  if (around.node === node) {
    const messageId = backend === 'host-gw' ? 'sendsAway' : 'cutsOff';
    return { messageId, severity: 'critical', breaks: 'node' };
  }
  const peer = around.node;
  const nextHop = backend === 'vxlan' ? around.network : around.publicIp;
  return entry.gateway === nextHop
    ? { messageId: 'sameWay', severity: 'info', breaks: 'none', peer }
    : { messageId: 'diverts', severity: 'critical', breaks: 'pair', peer };
}

/** The one of several routes to a destination that the kernel takes: the lowest metric, then the first. */
function preferred(group: Group<StaleRoute>): StaleRoute {
  return group.reduce((best, each) => (each.entry.metric < best.entry.metric ? each : best));
}

function hasDoubtful(plan: RoutePlan, routes: readonly Route[]): boolean {
  if (plan.backend !== 'host-gw') return false;
  return plan.families.some((family) => routes.some((route) => isDoubtfulHostGw(route, family)));
}

/**
 * Finds routes of flannel's that no node's pod range asks for. flanneld adds at its start but removes
 * nothing: nodes that left while it was down stay in the table (flannel#2554).
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'routes'> = {
  id: 'route-stale',
  title: 'Route of flannel that no node asks for',
  scope: 'node',
  stability: 'stable',
  severity: 'info',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['routes'] },
  messages: {
    leftover:
      '{node} still has a route to {dst}, which is the pod range of no node. It leads nowhere and harms nothing today.',
    outranked:
      '{node} has a leftover route to {dst}. The kernel prefers another one, so it harms nothing today.',
    sameWay:
      '{node} has a second route to {dst}, a part of the pod range of {peer}. It takes the same way as the right one and harms nothing.',
    cutsOff:
      '{node} sends what is for its own pods in {dst} into the tunnel, so nothing reaches them.',
    sendsAway:
      '{node} sends what is for its own pods in {dst} to {gateway}, so nothing reaches them.',
    diverts:
      '{node} sends what is for {dst}, a part of the pod range of {peer}, another way, so its pods do not reach the pods there.',
  },
  notApplicable: ({ cluster, node }) => routesNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const plan = routePlan(cluster);
    if (hasDoubtful(plan, facts.routes)) {
      return skip(
        'The tools of the node do not tell who made a route, so leftovers look like any other.',
      );
    }
    const { stale } = compareRoutes(node, plan, facts.routes);
    return verdictOf(
      entryGroups(stale, ({ entry }) => entry.dst).map((group) => {
        const { dst } = group[0].entry;
        const taken = preferred(group);
        return {
          ...judge(node, plan, facts.routes, taken),
          data: { dst, gateway: taken.entry.gateway ?? 'no next hop' },
          object: `route ${dst}`,
          expected: 'nothing',
          observed: group.map(({ entry }) => observedRouteText(entry)).join('; '),
          evidence: [...group.map(({ index }) => atNode('routes', index)), atCluster('nodes')],
        };
      }),
    );
  },
};
