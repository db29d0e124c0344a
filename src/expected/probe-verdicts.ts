// SPDX-License-Identifier: Apache-2.0

import {
  isOverlayDoubted,
  isProbedBackend,
  type OverlayEnd,
  overlayPeers,
} from '#expected/overlay-doubt.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import type { PlanInputs } from '#expected/peer-plan.ts';
import { routesNotJudged } from '#expected/route-plan.ts';
import type { PeerProbe, PingResult } from '#model/probe.ts';
import type { NodeFacts } from '#model/snapshot.ts';

/**
 * What pings along one path came to.
 *
 * - `whole`: all answered, or a loss that did not repeat itself.
 * - `lossy`: of the packets sent after a first loss, two or more were lost as well.
 * - `dead`: none answered.
 * - `unknown`: nothing was sent, or the outcome did not come back.
 */
export type PathState = 'whole' | 'lossy' | 'dead' | 'unknown';

/**
 * Lost packets of the repetition that make a path lossy. It sends 40: with a loss of 1 in 1,000, which nobody feels,
 * both are met once in 70,000 pairs; with 30 % they are missed once in 100,000.
 */
const LOST_AGAIN = 2;

/** Judges a path by its first pings, and by those that were sent because some of the first were lost. */
export function pathState(first: PingResult | undefined, again: PingResult | undefined): PathState {
  if (first === undefined) return 'unknown';
  if (first.received === 0) return 'dead';
  if (again === undefined || first.received === first.sent) return 'whole';
  return again.sent - again.received >= LOST_AGAIN ? 'lossy' : 'whole';
}

/** State of the path past the overlay. */
export function underlayState({ underlayPing, underlayAgain }: PeerProbe): PathState {
  return pathState(underlayPing, underlayAgain);
}

/** State of the path through the overlay, for small packets. */
export function overlayState({ overlayPing, overlayAgain }: PeerProbe): PathState {
  return pathState(overlayPing, overlayAgain);
}

/**
 * Share of small packets lost beyond which nothing is said of large ones: of 13, all would be lost by chance once in
 * 8,000 pairs.
 */
const MOST_LOSS = 0.5;

/** State of the path through the overlay, for packets as large as pods may send: `dead` when small ones do pass. */
export function largeState(probe: PeerProbe): PathState {
  const { largePing, largeAgain } = probe;
  if (largePing === undefined) return 'unknown';
  if (largePing.received > 0) return 'whole';
  const { sent, received } = totalOf(probe.overlayPing, probe.overlayAgain);
  const isLossless = sent > 0 && (sent - received) / sent <= MOST_LOSS;
  return isLossless && largeAgain?.received === 0 && largeAgain.sent > 0 ? 'dead' : 'unknown';
}

/** Requests and answers of both rounds together. */
export function totalOf(first: PingResult | undefined, again: PingResult | undefined): PingResult {
  const rounds = [first, again].filter((round) => round !== undefined);
  return {
    sent: rounds.reduce((sum, { sent }) => sum + sent, 0),
    received: rounds.reduce((sum, { received }) => sum + received, 0),
  };
}

/** What the pings of both rounds met, e.g. `0 of 20 answered`. */
export function answersText(first: PingResult | undefined, again: PingResult | undefined): string {
  const { sent, received } = totalOf(first, again);
  return sent === 0 ? 'no route' : `${String(received)} of ${String(sent)} answered`;
}

/** What small packets met past the overlay, after the address they were sent to. */
export function underlayText({ underlay, underlayPing, underlayAgain }: PeerProbe): string {
  return `${underlay}: ${answersText(underlayPing, underlayAgain)}`;
}

/** What small packets met in the overlay, after the address they were sent to. */
export function overlayText({ overlay = '', overlayPing, overlayAgain }: PeerProbe): string {
  return `${overlay}: ${answersText(overlayPing, overlayAgain)}`;
}

/** A path that pings are sent along: past the overlay, or through it with small packets or large ones. */
export type ProbedPath = 'underlay' | 'overlay' | 'large';

interface PathWords {
  readonly stateOf: (probe: PeerProbe) => PathState;
  /** What is said where the pings of no peer came to anything. */
  readonly nothing: string;
}

const PATHS: Readonly<Record<ProbedPath, PathWords>> = {
  underlay: {
    stateOf: underlayState,
    nothing: 'No ping to a public IP was sent, or nothing is known of any of them.',
  },
  overlay: {
    stateOf: overlayState,
    nothing: 'No ping through the overlay was sent, or nothing is known of any of them.',
  },
  large: {
    stateOf: largeState,
    nothing: 'No large packet was sent, or nothing is known of any of them.',
  },
};

/**
 * Why the probes of a node say nothing; undefined when they can be judged. One plain sentence.
 *
 * @param path the one that is judged: peers that were asked, but of whose paths nothing is known, are no pass. Absent:
 *   none
 */
export function probesSilent(
  inputs: PlanInputs,
  node: string,
  probes: NodeFacts['probes'],
  path?: ProbedPath,
): string | undefined {
  if (probes.mode === 'none') return 'Probes were switched off.';
  if (probes.peers.length > 0) {
    if (path === undefined) return undefined;
    const { stateOf, nothing } = PATHS[path];
    return probes.peers.every((probe) => stateOf(probe) === 'unknown') ? nothing : undefined;
  }
  const peers = overlayPeers(inputs);
  if (!peers.has(node)) return 'The node announces no usable lease, so nothing was probed from it.';
  const others = [...peers.keys()].filter((peer) => peer !== node);
  return others.some((peer) => isReady(findNode(inputs.nodes, peer).object))
    ? 'No peer was probed.'
    : undefined;
}

/** Why probes of a node are not judged whatever they met; undefined when they are. One plain sentence. */
export function probesNotJudged(inputs: PlanInputs, node: string): string | undefined {
  const { backendType } = inputs.netConf;
  if (!isProbedBackend(backendType)) {
    return `The backend is ${backendType}, whose paths are not probed.`;
  }
  return routesNotJudged(inputs, node);
}

/** What one node saw of a peer, between which two nothing known explains a loss. */
export interface UnexplainedProbe {
  readonly probe: PeerProbe;
  /** Position in the peers of the `probes` fact. */
  readonly index: number;
  /** Address of the peer that only the overlay leads to. */
  readonly overlay: string;
  /** The asking node and the peer, as far as they were read. */
  readonly own: OverlayEnd;
  readonly other: OverlayEnd;
}

/** What a check of probes sees: part of a `NodeView`. */
interface ProbesView {
  readonly cluster: PlanInputs;
  readonly node: string;
  readonly facts: Pick<NodeFacts, 'probes'>;
  readonly peerFacts: (peer: string) => Omit<OverlayEnd, 'node'>;
}

/** Those probes of a node that met what `isMet` tells, where no other check tells why (`isOverlayDoubted`). */
export function unexplainedProbes(
  { cluster, node, facts, peerFacts }: ProbesView,
  isMet: (probe: PeerProbe) => boolean,
): readonly UnexplainedProbe[] {
  const own = { node, ...peerFacts(node) };
  return facts.probes.peers.flatMap((probe, index): readonly UnexplainedProbe[] => {
    const { peer, overlay } = probe;
    if (overlay === undefined || !isMet(probe)) return [];
    const other = { node: peer, ...peerFacts(peer) };
    if (isOverlayDoubted(cluster, own, other, overlay)) return [];
    return [{ probe, index, overlay, own, other }];
  });
}
