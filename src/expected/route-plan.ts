// SPDX-License-Identifier: Apache-2.0

import { directLinkTo, shapeTowards } from '#expected/direct-routing.ts';
import { flannelLinkUnusable } from '#expected/flannel-link.ts';
import { type HostGwPlan, hostGwPlan } from '#expected/host-gw-plan.ts';
import { type IpipPlan, ipipPlan } from '#expected/ipip-plan.ts';
import { ipipRouteText, routeText } from '#expected/notation.ts';
import type { Peer, PlanInputs } from '#expected/peer-plan.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { type VxlanPlan, vxlanPlan } from '#expected/vxlan-plan.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { Link, Route } from '#model/kernel.ts';

/** What a backend that reaches its peers by routes has to hold on all nodes. */
export type RoutePlan = VxlanPlan | HostGwPlan | IpipPlan;

/**
 * Backends whose node pairs are judged. The others are reported as not judged, never as whole; wireguard too, whose
 * routes and links are judged, but whose peers and keys cannot be read.
 */
export type JudgedBackend = RoutePlan['backend'];

/**
 * The plan of the routes, by net-conf's backend. Throws a RangeError for a backend that is not judged: ask
 * `routesNotJudged` first.
 */
export function routePlan(inputs: PlanInputs): RoutePlan {
  const { backendType } = inputs.netConf;
  if (backendType === 'vxlan') return vxlanPlan(inputs);
  if (backendType === 'host-gw') return hostGwPlan(inputs);
  if (backendType === 'ipip') return ipipPlan(inputs);
  throw new RangeError(`There is no plan of routes for the backend ${backendType}.`);
}

/** Backends with a plan of routes: one per peer. */
const PLANNED: readonly string[] = ['vxlan', 'host-gw', 'ipip'] satisfies JudgedBackend[];

/** Why a node's routes to its peers cannot be judged; undefined when they can. One plain sentence. */
export function routesNotJudged(
  facts: { readonly nodes: readonly NodeObject[]; readonly netConf: NetConf },
  node: string,
): string | undefined {
  const { backendType } = facts.netConf;
  if (backendType === 'wireguard') {
    return 'With wireguard, flannel has one route for all nodes and none per peer.';
  }
  if (!PLANNED.includes(backendType)) {
    return `The backend is ${backendType}, whose routes are not judged.`;
  }
  return notFlannelNode(facts.nodes, node);
}

/** The same for checks that judge wireguard's one route too. */
export function anyRouteNotJudged(
  facts: { readonly nodes: readonly NodeObject[]; readonly netConf: NetConf },
  node: string,
): string | undefined {
  return facts.netConf.backendType === 'wireguard'
    ? notFlannelNode(facts.nodes, node)
    : routesNotJudged(facts, node);
}

/**
 * Why a node's routes cannot be judged by themselves: flannel's link that holds them is gone or down. With host-gw
 * they are held by the link that the node is read through.
 */
export function routesUnusable(netConf: NetConf, links: readonly Link[]): string | undefined {
  return flannelLinkUnusable(netConf, links);
}

/** The route to a peer as flannel would write it now, as `ip route` prints it. */
export function peerRouteText(plan: RoutePlan, routes: readonly Route[], peer: Peer): string {
  const { publicIp } = peer;
  if (plan.backend === 'host-gw') return routeText(peer, 'direct', directLinkTo(routes, publicIp));
  const shape = shapeTowards(plan, routes, publicIp);
  return plan.backend === 'ipip'
    ? ipipRouteText(peer, shape === 'tunnel' ? peer.link : directLinkTo(routes, publicIp))
    : routeText(peer, shape);
}
