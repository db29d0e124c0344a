// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { END_FACTS, isOverlayDoubted } from '#expected/overlay-doubt.ts';
import {
  answersText,
  overlayState,
  probesNotJudged,
  probesSilent,
  totalOf,
  underlayState,
} from '#expected/probe-verdicts.ts';
import { DEFAULT_VXLAN_PORT } from '#expected/vxlan-link.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { PeerProbe } from '#model/probe.ts';

function messageFor(probe: PeerProbe, backendType: string): string {
  if (underlayState(probe) === 'lossy') return 'underlay';
  if (underlayState(probe) !== 'whole') return 'overlay';
  return backendType === 'vxlan' ? 'tunnel' : 'overlay';
}

/** Finds pairs of which part of the packets gets lost, repeatedly. */
export const check: NodeCheck<
  'nodes' | 'flannel' | 'netConf',
  'probes',
  (typeof END_FACTS)[number]
> = {
  id: 'packet-loss',
  title: 'Packets to a peer get lost',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: {
    cluster: ['nodes', 'flannel', 'netConf'],
    node: ['probes'],
    peers: END_FACTS,
  },
  messages: {
    tunnel:
      '{lost} of {sent} pings from {node} to {peer} through the overlay were lost, and none past it: connections are slow and break. Something between the two drops part of the packets to UDP port {port}.',
    underlay:
      '{lost} of {sent} pings from {node} to {peer} through the overlay were lost, and past it packets get lost too: connections are slow and break. The network between the two nodes loses them.',
    overlay:
      '{lost} of {sent} pings from {node} to {peer} through the overlay were lost: connections are slow and break.',
  },
  notApplicable: ({ cluster, node }) => probesNotJudged(cluster, node),
  run({ cluster, facts, node, atNode, peerFacts }) {
    const silent = probesSilent(cluster, node, facts.probes);
    if (silent !== undefined) return skip(silent);
    const own = { node, ...peerFacts(node) };
    const findings = facts.probes.peers.flatMap((probe, index): readonly Finding[] => {
      const { peer, underlay, overlay } = probe;
      if (overlay === undefined || overlayState(probe) !== 'lossy') return [];
      const other = { node: peer, ...peerFacts(peer) };
      if (isOverlayDoubted(cluster, own, other, overlay)) return [];
      const total = totalOf(probe.overlayPing, probe.overlayAgain);
      const { netConf } = cluster;
      return [
        {
          messageId: messageFor(probe, netConf.backendType),
          data: {
            lost: total.sent - total.received,
            sent: total.sent,
            port: netConf.port ?? DEFAULT_VXLAN_PORT,
          },
          breaks: 'none',
          peer,
          object: `overlay address ${overlay}`,
          expected: `all answers from ${overlay}`,
          observed: `${overlay}: ${answersText(total)}; ${underlay}: ${answersText(totalOf(probe.underlayPing, probe.underlayAgain))}`,
          evidence: [atNode('probes', 'peers', index)],
        },
      ];
    });
    return verdictOf(findings);
  },
};
