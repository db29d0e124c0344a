// SPDX-License-Identifier: Apache-2.0

import type { Probing } from '#collectors/collect-snapshot.ts';
import { judgedFacts } from '#engine/judged-facts.ts';
import { probePlans } from '#expected/probe-plan.ts';
import type { PeerProbe } from '#model/probe.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** An ordered pair of nodes. */
export interface NodePair {
  readonly from: string;
  readonly to: string;
}

/** Probing between some nodes alone, each pair both ways, without the DNS: what a mended pair is proven by. */
export function probingAmong(names: readonly string[]): Probing {
  const among = new Set(names);
  return {
    mode: 'all',
    choose: (facts) => {
      const { cluster, nodes } = facts;
      if (cluster.nodes.state === 'absent') return new Map();
      const value = cluster.nodes.value.filter(({ name }) => among.has(name));
      const { netConf } = judgedFacts(facts);
      const only = { ...cluster, netConf, nodes: { ...cluster.nodes, value } };
      const plans = probePlans({ cluster: only, nodes }, 'all');
      return new Map([...plans].map(([node, { peers }]) => [node, { peers, dnsServers: [] }]));
    },
  };
}

/**
 * Whether packets came through the overlay from one node to another and back; undefined when none was sent, or its
 * outcome did not come back.
 */
export function flowsOver({ nodes }: Snapshot, { from, to }: NodePair): boolean | undefined {
  const probes = nodes[from]?.probes;
  if (probes?.state !== 'observed') return undefined;
  const probe = probes.value.peers.find(({ peer }) => peer === to);
  return probe === undefined ? undefined : answered(probe);
}

function answered({ overlayPing, overlayAgain }: PeerProbe): boolean | undefined {
  if (overlayPing === undefined) return undefined;
  return overlayPing.received + (overlayAgain?.received ?? 0) > 0;
}
