// SPDX-License-Identifier: Apache-2.0

import { routeTo } from '#expected/direct-routing.ts';
import { memoiseByIdentity, memoisePerNode } from '#expected/memoise.ts';
import { findNode, isBeingRemoved, isReady } from '#expected/node-objects.ts';
import { counted, enabledFamilies, type Peer, type PlanInputs } from '#expected/peer-plan.ts';
import { announcedPublicIps, statusAddresses } from '#expected/public-ips.ts';
import { type RoutePlan, routePlan, routesNotJudged } from '#expected/route-plan.ts';
import { compareFdb, compareNeighbours, compareRoutes } from '#expected/vxlan-entries.ts';
import { type PresentVxlanLink, presentVxlanLinks } from '#expected/vxlan-link.ts';
import { leaseOfNode } from '#expected/subnet-leases.ts';
import { expectedLinkMtu } from '#expected/tunnel-mtu.ts';
import { vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import type { NetConf } from '#model/cluster.ts';
import type { FdbEntry, IpFamily, Link, LinkAddress, Neighbour, Route } from '#model/kernel.ts';
import { sameAddress } from '#model/net/address.ts';

/** One end of a pair as far as it was read. */
export interface OverlayEnd {
  readonly node: string;
  readonly links?: readonly Link[];
  readonly addresses?: readonly LinkAddress[];
  readonly routes?: readonly Route[];
  readonly neighbours?: readonly Neighbour[];
  readonly fdb?: readonly FdbEntry[];
}

/** Facts of a node that tell whether its end of the overlay is whole. */
export const END_FACTS = ['links', 'addresses', 'routes', 'neighbours', 'fdb'] as const;

/** Whether all is known of an end that could explain a loss. Without a tunnel, routes and the bridge's address are. */
export function isEndRead(netConf: NetConf, end: OverlayEnd): boolean {
  const facts = netConf.backendType === 'vxlan' ? END_FACTS : (['addresses', 'routes'] as const);
  return facts.every((fact) => end[fact] !== undefined);
}

/** The family that is probed: IPv4 where it is on. */
export function probedFamily(netConf: NetConf): IpFamily | undefined {
  return enabledFamilies(netConf)[0];
}

const peersOf = memoiseByIdentity((plan: RoutePlan): ReadonlyMap<string, Peer> => {
  const [family] = plan.families;
  return new Map((family?.peers ?? []).map((peer) => [peer.node, peer]));
});

/** Whether paths of a backend are probed: those over which the address to ask a peer at is known. */
export function isProbedBackend(backendType: string): boolean {
  return backendType === 'vxlan' || backendType === 'host-gw';
}

/** The nodes that take part in the overlay with the probed family, by name; empty for a backend that is not judged. */
export function overlayPeers(inputs: PlanInputs): ReadonlyMap<string, Peer> {
  if (!isProbedBackend(inputs.netConf.backendType)) return new Map();
  return peersOf(routePlan(inputs));
}

/**
 * The peers that some entry of a node is missing or wrong for, or that its kernel takes another route to. Empty where
 * the entries were not read.
 */
export function doubtedPeers(inputs: PlanInputs, end: OverlayEnd): ReadonlySet<string> {
  const { node, routes, neighbours, fdb } = end;
  if (routes === undefined || routesNotJudged(inputs, node) !== undefined) return new Set();
  const plan = routePlan(inputs);
  const doubted: Peer[] = [...peersIn(compareRoutes(node, plan, routes))];
  if (plan.backend === 'vxlan') {
    if (neighbours !== undefined) {
      doubted.push(...peersIn(compareNeighbours(node, plan, neighbours, routes)));
    }
    if (fdb !== undefined) doubted.push(...peersIn(compareFdb(node, plan, fdb, routes)));
  }
  return new Set(doubted.map((peer) => peer.node));
}

function peersIn<P extends Peer>(comparison: {
  readonly missing: readonly P[];
  readonly wrong: readonly { readonly peer: P }[];
}): readonly P[] {
  return [...comparison.missing, ...comparison.wrong.map(({ peer }) => peer)];
}

/**
 * Whether something is known of the two ends that explains why packets between them get lost, or that another check
 * tells: an end that is not Ready, is being removed or has no usable lease, a tunnel's end that is not as it has to be,
 * an entry that is missing or wrong on either side. What was not read explains nothing.
 *
 * @param address what is pinged at `to`; another route that covers it explains a loss too
 */
export function isOverlayDoubted(
  inputs: PlanInputs,
  from: OverlayEnd,
  to: OverlayEnd,
  address: string,
): boolean {
  const peers = overlayPeers(inputs);
  const peer = peers.get(to.node);
  if (peer === undefined || !peers.has(from.node)) return true;
  if (isNodeDoubted(inputs, from) || isNodeDoubted(inputs, to)) return true;
  if (doubtedPeers(inputs, from).has(to.node)) return true;
  if (doubtedPeers(inputs, to).has(from.node)) return true;
  return from.routes !== undefined && routeTo(from.routes, address)?.dst !== peer.podCidr;
}

/** Whether an end cannot take part in the overlay by what is known of it alone. */
function isNodeDoubted(inputs: PlanInputs, end: OverlayEnd): boolean {
  const { node, links = UNREAD_LINKS, addresses = UNREAD_ADDRESSES } = end;
  return nodeDoubt(node, inputs, links, addresses).value;
}

/** Stand for facts that were not read, so that a result can be remembered by their identity. */
const UNREAD_LINKS: readonly Link[] = [];
const UNREAD_ADDRESSES: readonly LinkAddress[] = [];

const nodeDoubt = memoisePerNode(
  (
    node,
    inputs: PlanInputs,
    links: readonly Link[],
    addresses: readonly LinkAddress[],
  ): { readonly value: boolean } => {
    const end = { node, links, addresses };
    const { object } = findNode(inputs.nodes, node);
    const value =
      !isReady(object) ||
      isBeingRemoved(object) ||
      isUnderlayDoubted(inputs, end) ||
      (inputs.netConf.backendType === 'vxlan' && isTunnelDoubted(inputs, end));
    return { value };
  },
);

type KnownEnd = Required<Pick<OverlayEnd, 'node' | 'links' | 'addresses'>>;

const publicIpCounts = memoiseByIdentity((peers: ReadonlyMap<string, Peer>) =>
  counted([...peers.values()].map(({ publicIp }) => publicIp)),
);

/** Whether a node's public IP leads to it alone, as far as can be told: one that is set by hand is believed. */
export function isUnderlayDoubted(inputs: PlanInputs, end: OverlayEnd): boolean {
  const { node, links = [], addresses = [] } = end;
  const peer = overlayPeers(inputs).get(node);
  if (peer === undefined) return true;
  if ((publicIpCounts(overlayPeers(inputs)).get(peer.publicIp) ?? 0) > 1) return true;
  if (inputs.flannel.kind === 'daemonset' && inputs.flannel.publicIpFlag) return false;
  const announced = announcedPublicIps(inputs, node).find(({ family }) => family === peer.family);
  if (announced?.setByHand !== false) return false;
  const own = [
    ...statusAddresses(findNode(inputs.nodes, node).object, peer.family),
    ...addresses.map(({ address }) => address),
    ...links.flatMap(({ vxlan }) => vxlan?.local ?? []),
  ];
  return !own.some((address) => sameAddress(address, peer.publicIp));
}

/** Whether a node's vxlan link is not what the peers send to. */
function isTunnelDoubted(inputs: PlanInputs, { node, links, addresses }: KnownEnd): boolean {
  const { netConf } = inputs;
  const peer = overlayPeers(inputs).get(node);
  if (links === UNREAD_LINKS) return false;
  if (vxlanLinkUnusable(netConf, links) !== undefined) return true;
  const found = presentVxlanLinks(netConf, links).find(
    ({ expected }) => expected.family === peer?.family,
  );
  if (peer === undefined || found === undefined) return true;
  if (isLinkWrong(found) || isForeignMac(inputs, node, found)) return true;
  if (addresses === UNREAD_ADDRESSES) return false;
  return !addresses.some(
    (own) => own.link === found.link.name && sameAddress(own.address, peer.network),
  );
}

function isLinkWrong({ expected, link: { kind, vxlan } }: PresentVxlanLink): boolean {
  if (vxlan === undefined) return kind !== undefined && kind !== 'vxlan';
  return vxlan.vni !== expected.vni || vxlan.port !== expected.port;
}

function isForeignMac(
  { nodes, flannel }: PlanInputs,
  node: string,
  { expected, link }: PresentVxlanLink,
): boolean {
  const lease = leaseOfNode(nodes, flannel, node);
  const announced = (expected.family === 4 ? lease?.v4 : lease?.v6)?.vtepMac;
  return announced !== undefined && link.mac !== undefined && link.mac !== announced;
}

/** Whether the MTU of a node's vxlan link is one that another check finds wrong. */
export function isMtuDoubted(
  inputs: PlanInputs,
  { node, links = [], addresses = [] }: OverlayEnd,
): boolean {
  const { netConf } = inputs;
  if (netConf.backendType !== 'vxlan') return false;
  return presentVxlanLinks(netConf, links).some(({ link }) => {
    const mtu = expectedLinkMtu(inputs, node, { links, addresses }, link.name);
    return mtu !== undefined && mtu !== link.mtu;
  });
}
