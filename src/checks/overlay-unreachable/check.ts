// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { END_FACTS, isEndRead, isOverlayDoubted } from '#expected/overlay-doubt.ts';
import {
  answersText,
  overlayState,
  probesNotJudged,
  probesSilent,
  totalOf,
  underlayState,
} from '#expected/probe-verdicts.ts';
import { namesText } from '#expected/short-text.ts';
import { DEFAULT_VXLAN_PORT } from '#expected/vxlan-link.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';

/**
 * Finds pairs whose packets get lost in the overlay alone: the peer answers outside it, and both ends hold what they
 * have to hold, so that something between the two tunnel ends drops the packets.
 */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof END_FACTS)[number]
> = {
  id: 'overlay-unreachable',
  title: 'Overlay to a peer is cut',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: END_FACTS,
  },
  messages: {
    blocked:
      '{node} reaches {peer} at {underlay}, but no packet through the overlay comes back, although both hold what they have to hold. Something drops VXLAN between them: look for a firewall or a security group that blocks UDP port {port}.',
    dropped:
      '{node} reaches {peer} at {underlay}, but no packet to the pod range of {peer} comes back, although both hold what they have to hold. Something drops packets between them whose address is no address of a node: look for source/destination checks and anti-spoofing of the network.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run({ cluster, facts, node, atCluster, atNode, peerFacts }) {
    const silent = probesSilent(cluster, node, facts.probes);
    if (silent !== undefined) return skip(silent);
    const own = { node, ...peerFacts(node) };
    const { netConf } = cluster;
    const unread: string[] = [];
    const findings = facts.probes.peers.flatMap((probe, index): readonly Finding[] => {
      const { peer, underlay, overlay } = probe;
      if (overlay === undefined || overlayState(probe) !== 'dead') return [];
      if (!['whole', 'lossy'].includes(underlayState(probe))) return [];
      const other = { node: peer, ...peerFacts(peer) };
      if (isOverlayDoubted(cluster, own, other, overlay)) {
        return [];
      }
      if (!isEndRead(cluster.netConf, own) || !isEndRead(cluster.netConf, other)) {
        unread.push(peer);
        return [];
      }
      return [
        {
          messageId: netConf.backendType === 'vxlan' ? 'blocked' : 'dropped',
          data: { underlay, port: netConf.port ?? DEFAULT_VXLAN_PORT },
          breaks: 'pair',
          peer,
          object: `overlay address ${overlay}`,
          expected: `answers from ${overlay}`,
          observed: `${overlay}: ${answersText(totalOf(probe.overlayPing, probe.overlayAgain))}; ${underlay}: ${answersText(totalOf(probe.underlayPing, probe.underlayAgain))}`,
          evidence: [
            atNode('probes', 'peers', index),
            atCluster('nodes', findNode(cluster.nodes, peer).index, 'flannelAnnotations'),
          ],
        },
      ];
    });
    if (findings.length === 0 && unread.length > 0) {
      return skip(
        `No packet through the overlay comes back from ${namesText(unread)}, and part of what the two ends hold was not read.`,
      );
    }
    return verdictOf(findings);
  },
};
