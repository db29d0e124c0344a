// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { END_FACTS, isOverlayDoubted } from '#expected/overlay-doubt.ts';
import {
  answersText,
  overlayState,
  probesNotJudged,
  probesSilent,
  totalOf,
  underlayState,
} from '#expected/probe-verdicts.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { NodeProbes } from '#model/probe.ts';

/** Whether the underlay answers no ping at all although the overlay, which it carries, works. */
function dropsPings({ peers }: NodeProbes): boolean {
  const states = peers.map((probe) => ({
    underlay: underlayState(probe),
    overlay: overlayState(probe),
  }));
  return (
    states.every(({ underlay }) => underlay === 'dead') &&
    states.some(({ overlay }) => overlay === 'whole' || overlay === 'lossy')
  );
}

/**
 * Finds pairs of Ready nodes of which one does not get a packet of the other, neither past the overlay nor through
 * it. An underlay that drops pings alone is no fault: the overlay tells the two apart.
 */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof END_FACTS)[number]
> = {
  id: 'underlay-unreachable',
  title: 'Network between two nodes is cut',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: END_FACTS,
  },
  messages: {
    unreachable:
      '{node} gets no answer from {peer} at {underlay}, nor through the overlay, although both are Ready. The network between the two nodes is cut, or {peer} has just died: look for a firewall, a route or a cable, not at Flannel.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode, peerFacts }) {
    const silent = probesSilent(cluster, node, facts.probes);
    if (silent !== undefined) return skip(silent);
    const own = { node, ...peerFacts(node) };
    if (dropsPings(facts.probes)) {
      return skip(
        'No peer answers a ping at its public IP, while the overlay works: the network drops pings, which says nothing of it.',
      );
    }
    const findings = facts.probes.peers.flatMap((probe, index): readonly Finding[] => {
      const { peer, underlay, overlay } = probe;
      if (overlay === undefined || overlayState(probe) !== 'dead') return [];
      if (underlayState(probe) !== 'dead') return [];
      const other = { node: peer, ...peerFacts(peer) };
      if (isOverlayDoubted(cluster, own, other, overlay)) return [];
      // Without a tunnel the overlay address is a guess where the peer was not read, and proves nothing.
      const isGuess = cluster.netConf.backendType !== 'vxlan' && other.addresses === undefined;
      if (isGuess) return [];
      return [
        {
          messageId: 'unreachable',
          data: { underlay },
          breaks: 'pair',
          peer,
          object: `address ${underlay}`,
          expected: `answers from ${underlay}`,
          observed: `${underlay}: ${answersText(totalOf(probe.underlayPing, probe.underlayAgain))}; ${overlay}: ${answersText(totalOf(probe.overlayPing, probe.overlayAgain))}`,
          evidence: [
            atNode('probes', 'peers', index),
            atCluster('nodes', findNode(cluster.nodes, peer).index, 'conditions'),
          ],
        },
      ];
    });
    return verdictOf(findings);
  },
};
