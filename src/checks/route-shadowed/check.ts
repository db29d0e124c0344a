// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { CNI_BRIDGE } from '#expected/cni-bridge.ts';
import { observedRouteText } from '#expected/notation.ts';
import type { FamilyPlan, Peer } from '#expected/peer-plan.ts';
import { isOutranked, leadsToPeer, nodeAround } from '#expected/route-overlap.ts';
import { peerRouteText, routePlan, routesNotJudged } from '#expected/route-plan.ts';
import { compareRoutes } from '#expected/vxlan-entries.ts';
import { type Finding, verdictOf } from '#model/finding.ts';
import type { LinkAddress, Route } from '#model/kernel.ts';

interface Shadow<E> {
  readonly entry: E;
  readonly index: number;
  /** The node in whose pod range the entry lies. */
  readonly around: Peer;
}

/** Entries that lie in a node's pod range and are smaller than it. */
function within<E extends { readonly family: 4 | 6 }>(
  family: FamilyPlan,
  entries: readonly E[],
  dstOf: (entry: E) => string,
): readonly Shadow<E>[] {
  return entries.flatMap((entry, index) => {
    if (entry.family !== family.family || family.byPodCidr.has(dstOf(entry))) return [];
    const around = nodeAround(family, dstOf(entry));
    return around === undefined ? [] : [{ entry, index, around }];
  });
}

/** Pods of the node itself are behind its bridge or a link each: only a next hop leads away from them. */
function leadsAway(node: string, { entry, around }: Shadow<Route>): boolean {
  return around.node === node ? entry.gateway !== undefined : !leadsToPeer(entry, around);
}

function hostRoute({ address, family }: LinkAddress): string {
  return `${address}/${family === 4 ? '32' : '128'}`;
}

/**
 * Finds routes and addresses that are not flannel's and lie in the pod range of one node: the kernel takes the
 * longest prefix, and the local table before the main one (ip-rule(8)), so flannel's route is not the one used.
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'routes' | 'addresses'> = {
  id: 'route-shadowed',
  title: 'Part of a pod range is routed elsewhere',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['routes', 'addresses'] },
  messages: {
    diverts:
      '{node} has a route to {dst}, a part of the pod range of {peer}, that leads elsewhere. The kernel prefers it to the route of flannel, so pods on {node} do not reach the pods in {dst}.',
    sendsAway:
      '{node} sends what is for its own pods in {dst} to {gateway}, so nothing reaches them.',
    staysHere:
      '{node} has the address {address} on {link}, and it lies in the pod range of {peer}. What {node} sends to that address stays on {node}: a pod on {peer} that has it is not reached from here.',
  },
  notApplicable: ({ cluster, node }) => routesNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const plan = routePlan(cluster);
    const leftovers = new Set(
      compareRoutes(node, plan, facts.routes).stale.map(({ index }) => index),
    );
    const rangeOf = ({ nodeIndex }: Peer): string => atCluster('nodes', nodeIndex, 'podCIDRs');
    const families: readonly FamilyPlan[] = plan.families;
    const routes = families
      .flatMap((family) => within(family, facts.routes, ({ dst }) => dst))
      .filter((shadow) => !leftovers.has(shadow.index) && leadsAway(node, shadow))
      .filter(({ entry }) => !isOutranked(facts.routes, entry))
      .map(({ entry, index, around }): Finding => {
        const isOwn = around.node === node;
        return {
          messageId: isOwn ? 'sendsAway' : 'diverts',
          data: { dst: entry.dst, gateway: entry.gateway ?? 'no next hop' },
          breaks: isOwn ? 'node' : 'pair',
          ...(!isOwn && { peer: around.node }),
          object: `route ${entry.dst}`,
          expected: isOwn ? 'nothing' : peerRouteText(plan, facts.routes, around),
          observed: observedRouteText(entry),
          evidence: [atNode('routes', index), rangeOf(around)],
        };
      });
    const own = new Set([CNI_BRIDGE, ...families.flatMap(({ peers }) => peers[0]?.link ?? [])]);
    const addresses = families
      .flatMap((family) => within(family, facts.addresses, hostRoute))
      .filter(({ entry, around }) => around.node !== node && !own.has(entry.link))
      .map(({ entry, index, around }): Finding => ({
        messageId: 'staysHere',
        data: { address: entry.address, link: entry.link },
        severity: 'warning',
        breaks: 'none',
        peer: around.node,
        object: `address ${entry.address}`,
        expected: 'nothing',
        observed: `${entry.address}/${String(entry.prefixLength)} dev ${entry.link}`,
        evidence: [atNode('addresses', index), rangeOf(around)],
      }));
    return verdictOf([...routes, ...addresses]);
  },
};
