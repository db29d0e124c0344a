// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { END_FACTS } from '#expected/overlay-doubt.ts';
import {
  overlayState,
  overlayText,
  probesNotJudged,
  probesSilent,
  totalOf,
  underlayState,
  underlayText,
  unexplainedProbes,
} from '#expected/probe-verdicts.ts';
import { DEFAULT_VXLAN_PORT } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';
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
  run(view) {
    const { cluster, facts, node, atNode } = view;
    const { netConf } = cluster;
    const silent = probesSilent(cluster, node, facts.probes, 'overlay');
    if (silent !== undefined) return skip(silent);
    return verdictOf(
      unexplainedProbes(view, (probe) => overlayState(probe) === 'lossy').map(
        ({ probe, index, overlay }) => {
          const { sent, received } = totalOf(probe.overlayPing, probe.overlayAgain);
          return {
            messageId: messageFor(probe, netConf.backendType),
            data: { lost: sent - received, sent, port: netConf.port ?? DEFAULT_VXLAN_PORT },
            breaks: 'none',
            peer: probe.peer,
            object: `overlay address ${overlay}`,
            expected: `all answers from ${overlay}`,
            observed: `${overlayText(probe)}; ${underlayText(probe)}`,
            evidence: [atNode('probes', 'peers', index)],
          };
        },
      ),
    );
  },
};
