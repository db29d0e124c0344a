// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { END_FACTS, isMtuDoubted } from '#expected/overlay-doubt.ts';
import {
  answersText,
  largeState,
  probesNotJudged,
  probesSilent,
  unexplainedProbes,
} from '#expected/probe-verdicts.ts';
import { VXLAN_OVERHEAD_BYTES } from '#expected/vxlan-link.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { PeerProbe } from '#model/probe.ts';

/** Finds pairs between which small packets pass and packets of the pods' own MTU do not. */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof END_FACTS)[number]
> = {
  id: 'path-mtu-too-small',
  title: 'Path to a peer drops large packets',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: END_FACTS,
  },
  messages: {
    tunnel:
      'Packets of {bytes} bytes, which pods on {node} may send, do not get to {peer} and back, while small ones do: connections open, then hang when data flows. In the tunnel they have {outer} bytes, and the network between the two nodes drops that size. Its MTU has to be {outer}, or the MTU of Flannel smaller.',
    direct:
      'Packets of {bytes} bytes, which pods on {node} may send, do not get to {peer} and back, while small ones do: connections open, then hang when data flows. The network between the two nodes drops that size. Its MTU has to be {bytes}, or the MTU of Flannel smaller.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run(view) {
    const { cluster, facts, node, atCluster, atNode, peerFacts } = view;
    const silent = probesSilent(cluster, node, facts.probes, 'large');
    if (silent !== undefined) return skip(silent);
    const isDead = (probe: PeerProbe): boolean => largeState(probe) === 'dead';
    if (facts.probes.peers.some(isDead) && isMtuDoubted(cluster, { node, ...peerFacts(node) })) {
      return skip("The MTU of the node's own link is wrong, which is a fault of its own.");
    }
    const findings = unexplainedProbes(view, isDead).flatMap(
      ({ probe, index, overlay, other }): readonly Finding[] => {
        const { largestPacket: bytes, largePing, largeAgain, overlayPing, overlayAgain } = probe;
        if (bytes === undefined || isMtuDoubted(cluster, other)) return [];
        const large = answersText(largePing, largeAgain);
        return [
          {
            messageId: cluster.netConf.backendType === 'vxlan' ? 'tunnel' : 'direct',
            data: { bytes, outer: bytes + VXLAN_OVERHEAD_BYTES },
            breaks: 'pair',
            peer: probe.peer,
            object: `overlay address ${overlay}`,
            expected: `answers to packets of ${String(bytes)} bytes from ${overlay}`,
            observed: `${String(bytes)} bytes: ${large}; 84 bytes: ${answersText(overlayPing, overlayAgain)}`,
            evidence: [atNode('probes', 'peers', index), atCluster('netConf', 'backendType')],
          },
        ];
      },
    );
    return verdictOf(findings);
  },
};
