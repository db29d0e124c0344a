// SPDX-License-Identifier: Apache-2.0

import { type DnsServers, dnsServers } from '#expected/dns-servers.ts';
import {
  doubtedPeers,
  type OverlayEnd,
  overlayPeers,
  probedFamily,
} from '#expected/overlay-doubt.ts';
import { routeTo } from '#expected/direct-routing.ts';
import type { Peer, PlanInputs } from '#expected/peer-plan.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import { findLink } from '#expected/vxlan-link.ts';
import { vxlanLinkName } from '#expected/vxlan-plan.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { Fact } from '#model/fact.ts';
import { parseAddress } from '#model/net/address.ts';
import { cidrContains, firstUsable, parseCidr } from '#model/net/cidr.ts';
import type { ProbeMode, ProbePlan, ProbeTarget } from '#model/probe.ts';
import type { NodeFactRecord, Snapshot } from '#model/snapshot.ts';

/** Peers of a node on the ring, half of them on each side: even, so that whom a node asks asks it as well. */
const RING = 10;
/** Peers of a node that the comparison doubts, besides those on the ring. */
const DOUBTED = 10;
/** Peers of a node when all are asked for. */
const ALL = 46;
const NO_DNS: DnsServers = { pods: [], areAll: true };
/** Smallest MTU that a large packet is made for: IPv4's own minimum. */
const LEAST_MTU = 576;
/** Largest MTU of a link that is probed in full. */
const GREATEST_MTU = 9216;

/**
 * Which peers to probe from each node: its neighbours on the ring of Ready Linux nodes in the order of the `nodes` fact,
 * so that two nodes ask each other or not at all: a node that drops pings is told from one that is cut off by its own.
 * Besides, the nodes of the DNS pods, and those that one of its entries is missing or wrong for.
 * Deterministic. Empty when the facts that name the peers are absent, or with a backend that is not judged.
 */
export function probePlans(
  { cluster, nodes }: Pick<Snapshot, 'cluster' | 'nodes'>,
  mode: ProbeMode,
): ReadonlyMap<string, ProbePlan> {
  const { flannel, netConf, coreDns } = cluster;
  if (mode === 'none') return new Map();
  if (cluster.nodes.state === 'absent' || flannel.state === 'absent') return new Map();
  if (netConf.state === 'absent') return new Map();
  const inputs = { nodes: cluster.nodes.value, flannel: flannel.value, netConf: netConf.value };
  const peers = overlayPeers(inputs);
  const ring = [...peers.values()].filter(({ node }) => mayAnswer(inputs.nodes, node));
  const dns =
    coreDns.state === 'absent' ? NO_DNS : dnsServers(coreDns.value, probedFamily(inputs.netConf));
  const service = dns.service === undefined ? [] : [dns.service];
  const servers = [...service, ...dns.pods.map(({ address }) => address)];
  const hosts = new Set(dns.pods.map(({ node }) => node));
  return new Map(
    [...peers.keys()].map((node): [string, ProbePlan] => {
      const end = endOf(node, nodes[node]);
      const asked = chooseOf(ring, end, { inputs, mode, hosts });
      const targets = asked.map((peer) =>
        targetOf(inputs, { peer, end, record: nodes[peer.node] }),
      );
      return [node, { peers: targets, dnsServers: servers }];
    }),
  );
}

/** The firewall of Windows answers no echo request until somebody lets it: that none comes back says nothing. */
function mayAnswer(nodes: readonly NodeObject[], node: string): boolean {
  const { object } = findNode(nodes, node);
  return isReady(object) && object.os === 'linux';
}

/** What was read of a node, as one end of a pair. */
export function endOf(node: string, record: NodeFactRecord | undefined): OverlayEnd {
  return definedFields({
    node,
    links: valueOf(record?.links),
    addresses: valueOf(record?.addresses),
    routes: valueOf(record?.routes),
    neighbours: valueOf(record?.neighbours),
    fdb: valueOf(record?.fdb),
  });
}

function valueOf<T>(fact: Fact<T> | undefined): T | undefined {
  return fact?.state === 'observed' ? fact.value : undefined;
}

interface Choice {
  readonly inputs: PlanInputs;
  readonly mode: ProbeMode;
  /** Nodes of the DNS pods that are asked: without the path to them an answer that is missing says nothing. */
  readonly hosts: ReadonlySet<string | undefined>;
}

function chooseOf(
  ring: readonly Peer[],
  end: OverlayEnd,
  { inputs, mode, hosts }: Choice,
): readonly Peer[] {
  // A node that is not Ready itself asks as if it stood at the end of the ring.
  const at = ring.findIndex(({ node }) => node === end.node);
  const others = [...ring.slice(at + 1), ...ring.slice(0, Math.max(at, 0))];
  const half = (mode === 'all' ? ALL : RING) / 2;
  const later = others.slice(half, Math.max(half, others.length - half));
  const doubted = doubtedPeers(inputs, end);
  return [
    ...others.slice(0, half),
    ...others.slice(Math.max(half, others.length - half)),
    ...later.filter(({ node }) => hosts.has(node)),
    ...later
      .filter(({ node }) => mode !== 'all' && doubted.has(node) && !hosts.has(node))
      .slice(0, DOUBTED),
  ];
}

interface Pair {
  readonly peer: Peer;
  readonly end: OverlayEnd;
  /** What was read of the peer. */
  readonly record: NodeFactRecord | undefined;
}

function targetOf(inputs: PlanInputs, { peer, end, record }: Pair): ProbeTarget {
  const overlay = overlayAddress(inputs, peer, record);
  return definedFields({
    peer: peer.node,
    underlay: peer.publicIp,
    overlay,
    largestPacket:
      overlay === undefined ? undefined : largestPacket(inputs, { peer, end, record }, overlay),
  });
}

/**
 * An address that only the overlay leads to. With vxlan, that of the peer's tunnel end: the first of its range. Other
 * backends give their nodes none of their own: it is the bridge's, which exists once the peer has had a pod; where its
 * addresses were not read, the one that it would have.
 */
function overlayAddress(
  { netConf }: PlanInputs,
  peer: Peer,
  record: NodeFactRecord | undefined,
): string | undefined {
  if (netConf.backendType === 'vxlan') return peer.network;
  const range = parseCidr(peer.podCidr);
  const own = valueOf(record?.addresses);
  if (own === undefined) return range && firstUsable(range).split('/')[0];
  return own.find(({ address }) => {
    const parsed = parseAddress(address);
    return range !== undefined && parsed !== undefined && cidrContains(range, parsed);
  })?.address;
}

/**
 * The largest packet that pods of both nodes may send. Nodes of one cluster can differ in their MTU: the two ends of a
 * connection then agree on what the smaller one takes.
 */
function largestPacket(
  inputs: PlanInputs,
  { peer, end, record }: Pair,
  overlay: string,
): number | undefined {
  const own = overlayMtu(inputs.netConf, end, overlay);
  const back = overlayPeers(inputs).get(end.node)?.network;
  const other = overlayMtu(inputs.netConf, endOf(peer.node, record), back);
  const mtu = own === undefined ? undefined : Math.min(own, other ?? own);
  return mtu === undefined || mtu < LEAST_MTU ? undefined : Math.min(mtu, GREATEST_MTU);
}

/** The MTU that packets of a node's pods to an address of the overlay meet on their own node. */
function overlayMtu(
  netConf: NetConf,
  { links = [], routes = [] }: OverlayEnd,
  address: string | undefined,
): number | undefined {
  const family = probedFamily(netConf);
  if (family === undefined || address === undefined) return undefined;
  const name =
    netConf.backendType === 'vxlan'
      ? vxlanLinkName(netConf, family)
      : routeTo(routes, address)?.link;
  return name === undefined ? undefined : findLink(links, name)?.link.mtu;
}
