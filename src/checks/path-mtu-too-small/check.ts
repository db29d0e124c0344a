// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { END_FACTS, isMtuDoubted, isOverlayDoubted } from '#expected/overlay-doubt.ts';
import {
  answersText,
  largeState,
  probesNotJudged,
  probesSilent,
  totalOf,
} from '#expected/probe-verdicts.ts';
import { VXLAN_OVERHEAD_BYTES } from '#expected/vxlan-link.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';

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
  run({ cluster, facts, node, atCluster, atNode, peerFacts }) {
    const silent = probesSilent(cluster, node, facts.probes);
    if (silent !== undefined) return skip(silent);
    const own = { node, ...peerFacts(node) };
    const { netConf } = cluster;
    const isAnyDead = facts.probes.peers.some((probe) => largeState(probe) === 'dead');
    if (isAnyDead && isMtuDoubted(cluster, own)) {
      return skip("The MTU of the node's own link is wrong, which is a fault of its own.");
    }
    const findings = facts.probes.peers.flatMap((probe, index): readonly Finding[] => {
      const { peer, overlay, largestPacket: bytes } = probe;
      if (overlay === undefined || bytes === undefined || largeState(probe) !== 'dead') return [];
      const other = { node: peer, ...peerFacts(peer) };
      if (isOverlayDoubted(cluster, own, other, overlay)) return [];
      if (isMtuDoubted(cluster, other)) return [];
      const outer = bytes + VXLAN_OVERHEAD_BYTES;
      return [
        {
          messageId: netConf.backendType === 'vxlan' ? 'tunnel' : 'direct',
          data: { bytes, outer },
          breaks: 'pair',
          peer,
          object: `overlay address ${overlay}`,
          expected: `answers to packets of ${String(bytes)} bytes from ${overlay}`,
          observed: `${String(bytes)} bytes: ${answersText(totalOf(probe.largePing, probe.largeAgain))}; 84 bytes: ${answersText(totalOf(probe.overlayPing, probe.overlayAgain))}`,
          evidence: [atNode('probes', 'peers', index), atCluster('netConf', 'backendType')],
        },
      ];
    });
    return verdictOf(findings);
  },
};
