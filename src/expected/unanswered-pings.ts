// SPDX-License-Identifier: Apache-2.0

import { overlayPeers, probedFamily } from '#expected/overlay-doubt.ts';
import type { PlanInputs } from '#expected/peer-plan.ts';
import { overlayState, type UnexplainedProbe, underlayState } from '#expected/probe-verdicts.ts';
import { parseAddress } from '#model/net/address.ts';
import { cidrContains, parseCidr } from '#model/net/cidr.ts';
import type { NodeProbes, PeerProbe } from '#model/probe.ts';
import type { NodeFacts } from '#model/snapshot.ts';

/** Facts of a peer that tell why it does not answer: whether its end of the overlay is whole, and whether it would. */
export const ANSWER_FACTS = [
  'links',
  'addresses',
  'routes',
  'neighbours',
  'fdb',
  'sysctls',
  'probes',
] as const;

/** What a check of unanswered pings sees: part of a `NodeView`. */
export interface AskingView {
  readonly cluster: PlanInputs;
  readonly node: string;
  readonly facts: Pick<NodeFacts, 'probes'>;
  readonly peerFacts: (peer: string) => Partial<Pick<NodeFacts, 'sysctls' | 'probes'>>;
}

/** Whether the underlay answers no ping at all although the overlay, which it carries, works. */
export function dropsUnderlayPings({ peers }: NodeProbes): boolean {
  const states = peers.map((probe) => ({
    underlay: underlayState(probe),
    overlay: overlayState(probe),
  }));
  return (
    states.every(({ underlay }) => underlay === 'dead') &&
    states.some(({ overlay }) => overlay === 'whole' || overlay === 'lossy')
  );
}

/** Settings by which a kernel answers no ping, whatever way it comes (Linux: ip-sysctl). */
const ECHO_IGNORED = {
  4: 'net.ipv4.icmp_echo_ignore_all',
  6: 'net.ipv6.icmp.echo_ignore_all',
} as const;

/** Those of some peers without an answer that answer nobody, because their kernels are told to. */
export function silentByChoice(
  { cluster: { netConf }, peerFacts }: AskingView,
  unanswered: readonly UnexplainedProbe[],
): readonly UnexplainedProbe[] {
  const setting = ECHO_IGNORED[probedFamily(netConf) ?? 4];
  return unanswered.filter(({ probe }) => peerFacts(probe.peer).sysctls?.[setting] === 1);
}

/**
 * Whether packets are seen to pass the tunnel to a peer and back although it answers no ping there: its own pings of
 * this node come back, or a DNS pod on it answered. Then a packet filter of the peer drops pings alone. Outer packets
 * of both directions are the same, so what comes back to one end passes for the other; without a tunnel they are not.
 */
export function isTunnelProven(
  { cluster, node, facts, peerFacts }: AskingView,
  { probe: { peer } }: UnexplainedProbe,
): boolean {
  if (cluster.netConf.backendType !== 'vxlan') return false;
  const back = peerFacts(peer).probes?.peers.find((each) => each.peer === node);
  return (back !== undefined && passes(back)) || hasAnsweredDns(cluster, facts.probes, peer);
}

function passes(probe: PeerProbe): boolean {
  const state = overlayState(probe);
  return state === 'whole' || state === 'lossy';
}

/**
 * Whether no peer at all answers a ping through the tunnel while a DNS pod on one of them answers: then the nodes drop
 * pings there, as packet filters do that know their network cards only.
 */
export function arePingsDropped({ cluster, node, facts: { probes } }: AskingView): boolean {
  if (cluster.netConf.backendType !== 'vxlan' || probes.peers.some(passes)) return false;
  return [...overlayPeers(cluster).keys()].some(
    (peer) => peer !== node && hasAnsweredDns(cluster, probes, peer),
  );
}

function hasAnsweredDns(cluster: PlanInputs, { dns }: NodeProbes, peer: string): boolean {
  const range = parseCidr(overlayPeers(cluster).get(peer)?.podCidr ?? '');
  if (range === undefined) return false;
  return dns.some(({ server, outcome }) => {
    const address = outcome === 'answered' ? parseAddress(server) : undefined;
    return address !== undefined && cidrContains(range, address);
  });
}
