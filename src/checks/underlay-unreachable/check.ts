// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import {
  overlayState,
  overlayText,
  probesNotJudged,
  probesSilent,
  underlayState,
  underlayText,
  type UnexplainedProbe,
  unexplainedProbes,
} from '#expected/probe-verdicts.ts';
import {
  ANSWER_FACTS,
  arePingsDropped,
  dropsUnderlayPings,
  isTunnelProven,
  silentByChoice,
} from '#expected/unanswered-pings.ts';
import { namesText } from '#expected/short-text.ts';
import { skip, verdictOf } from '#model/finding.ts';
import type { PeerProbe } from '#model/probe.ts';

/** Whether nothing came back by either way. */
function isSilent(probe: PeerProbe): boolean {
  return overlayState(probe) === 'dead' && underlayState(probe) === 'dead';
}

/**
 * Finds pairs of Ready nodes of which one does not get a packet of the other, neither past the overlay nor through
 * it. An underlay that drops pings alone is no fault: the overlay tells the two apart.
 */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof ANSWER_FACTS)[number]
> = {
  id: 'underlay-unreachable',
  title: 'Network between two nodes is cut',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: ANSWER_FACTS,
  },
  messages: {
    unreachable:
      '{node} gets no answer from {peer} at {underlay}, nor through the overlay, although both are Ready. The network between the two nodes is cut, or {peer} has just died: look for a firewall, a route or a cable, not at Flannel.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run(view) {
    const { cluster, facts, node, atCluster, atNode } = view;
    const silent = probesSilent(cluster, node, facts.probes, 'underlay');
    if (silent !== undefined) return skip(silent);
    if (dropsUnderlayPings(facts.probes)) {
      return skip(
        'No peer answers a ping at its public IP, while the overlay works: the network drops pings, which says nothing of it.',
      );
    }
    // Without a tunnel the overlay address is a guess where the peer was not read, and proves nothing.
    const isGuess = ({ other }: UnexplainedProbe): boolean =>
      cluster.netConf.backendType !== 'vxlan' && other.addresses === undefined;
    const silentPeers = unexplainedProbes(view, isSilent).filter((found) => !isGuess(found));
    if (silentPeers.length > 0 && arePingsDropped(view)) {
      return skip(
        'No peer answers a ping, while a DNS pod on one of them answers: the nodes drop pings, which says nothing of the network.',
      );
    }
    const deaf = silentByChoice(view, silentPeers);
    const cut = silentPeers.filter(
      (found) => !deaf.includes(found) && !isTunnelProven(view, found),
    );
    if (cut.length === 0 && deaf.length > 0) {
      return skip(
        `The kernel of ${namesText(deaf.map(({ probe }) => probe.peer))} is told to ignore pings, so nothing is known of the way there.`,
      );
    }
    return verdictOf(
      cut.map(({ probe, index }) => {
        const { peer, underlay } = probe;
        return {
          messageId: 'unreachable',
          data: { underlay },
          breaks: 'pair',
          peer,
          object: `address ${underlay}`,
          expected: `answers from ${underlay}`,
          observed: `${underlayText(probe)}; ${overlayText(probe)}`,
          evidence: [
            atNode('probes', 'peers', index),
            atCluster('nodes', findNode(cluster.nodes, peer).index, 'conditions'),
          ],
        };
      }),
    );
  },
};
