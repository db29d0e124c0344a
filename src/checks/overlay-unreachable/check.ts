// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { isEndRead } from '#expected/overlay-doubt.ts';
import {
  overlayState,
  overlayText,
  probesNotJudged,
  probesSilent,
  underlayState,
  underlayText,
  unexplainedProbes,
} from '#expected/probe-verdicts.ts';
import { namesText } from '#expected/short-text.ts';
import {
  ANSWER_FACTS,
  arePingsDropped,
  dropsUnderlayPings,
  isTunnelProven,
} from '#expected/unanswered-pings.ts';
import { DEFAULT_VXLAN_PORT } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';
import type { NodeProbes, PeerProbe } from '#model/probe.ts';

/** Whether the peer answers past the overlay, and nothing came back through it. */
function isCut(probe: PeerProbe): boolean {
  return overlayState(probe) === 'dead' && ['whole', 'lossy'].includes(underlayState(probe));
}

/** Whether nothing came back through the overlay, and past it pings say nothing: none was sent, or all are dropped. */
function isUncertain(probe: PeerProbe, all: NodeProbes): boolean {
  if (overlayState(probe) !== 'dead') return false;
  const underlay = underlayState(probe);
  return underlay === 'unknown' || (underlay === 'dead' && dropsUnderlayPings(all));
}

/**
 * Finds pairs whose packets get lost in the overlay alone: the peer answers outside it, and both ends hold what they
 * have to hold, so that something between the two tunnel ends drops the packets.
 */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof ANSWER_FACTS)[number]
> = {
  id: 'overlay-unreachable',
  title: 'Overlay to a peer is cut',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: ANSWER_FACTS,
  },
  messages: {
    blocked:
      '{node} reaches {peer} at {underlay}, but no packet through the overlay comes back, although both hold what they have to hold. Something drops VXLAN between them: look for a firewall or a security group that blocks UDP port {port}.',
    dropped:
      '{node} reaches {peer} at {underlay}, but no packet to the pod range of {peer} comes back, although both hold what they have to hold. Something drops packets between them whose address is no address of a node: look for source/destination checks and anti-spoofing of the network.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run(view) {
    const { cluster, facts, node, atCluster, atNode } = view;
    const { netConf } = cluster;
    const silent = probesSilent(cluster, node, facts.probes, 'overlay');
    if (silent !== undefined) return skip(silent);
    const unanswered = unexplainedProbes(view, isCut);
    if (unanswered.length > 0 && arePingsDropped(view)) {
      return skip(
        'No peer answers a ping through the overlay, while a DNS pod on one of them answers: the nodes drop pings there, which says nothing of it.',
      );
    }
    const cut = unanswered.filter((found) => !isTunnelProven(view, found));
    const proven = cut.filter(
      ({ own, other }) => isEndRead(netConf, own) && isEndRead(netConf, other),
    );
    if (proven.length === 0 && cut.length > 0) {
      const unread = namesText(cut.map(({ probe }) => probe.peer));
      return skip(
        `No packet through the overlay comes back from ${unread}, and part of what the two ends hold was not read.`,
      );
    }
    const uncertain = unexplainedProbes(view, (probe) => isUncertain(probe, facts.probes)).filter(
      (found) => !isTunnelProven(view, found),
    );
    if (proven.length === 0 && uncertain.length > 0) {
      const silentPeers = namesText(uncertain.map(({ probe }) => probe.peer));
      return skip(
        `No packet through the overlay comes back from ${silentPeers}, and pings past it tell nothing: the overlay may be cut there.`,
      );
    }
    return verdictOf(
      proven.map(({ probe, index, overlay }) => {
        const { peer, underlay } = probe;
        return {
          messageId: netConf.backendType === 'vxlan' ? 'blocked' : 'dropped',
          data: { underlay, port: netConf.port ?? DEFAULT_VXLAN_PORT },
          breaks: 'pair',
          peer,
          object: `overlay address ${overlay}`,
          expected: `answers from ${overlay}`,
          observed: `${overlayText(probe)}; ${underlayText(probe)}`,
          evidence: [
            atNode('probes', 'peers', index),
            atCluster('nodes', findNode(cluster.nodes, peer).index, 'flannelAnnotations'),
          ],
        };
      }),
    );
  },
};
