// SPDX-License-Identifier: Apache-2.0

import type { NetConf } from '#model/cluster.ts';
import type { NodeProbes, PeerProbe, PingResult } from '#model/probe.ts';
import type { HealthyNode } from './healthy-node.ts';

/** Peers that a node probes, as the product does it by default. */
const RING = 10;

/** A ping of which some requests were answered, all of them by default. */
export function pingOf(sent: number, received: number = sent): PingResult {
  if (received === 0) return { sent, received };
  return { sent, received, minMs: 0.1, avgMs: 0.2, maxMs: 0.4 };
}

/** What a node of a healthy cluster sees of its peers on the ring, and of the DNS. */
export function healthyProbes(
  own: HealthyNode,
  all: readonly HealthyNode[],
  { netConf, underlayMtu }: { readonly netConf: NetConf; readonly underlayMtu: number },
): NodeProbes {
  const at = all.indexOf(own);
  const next = [...all.slice(at + 1), ...all.slice(0, at)].slice(0, RING);
  const overhead = netConf.backendType === 'vxlan' ? 50 : 0;
  return {
    mode: 'light',
    peers: next.map((peer) => ({
      peer: peer.name,
      underlay: peer.publicIp,
      overlay: overhead === 0 ? (peer.gateway.split('/')[0] ?? '') : peer.network,
      largestPacket: Math.min(netConf.mtu ?? underlayMtu, underlayMtu) - overhead,
      underlayPing: pingOf(3),
      overlayPing: pingOf(20),
      largePing: pingOf(3),
    })),
    dns: ['10.96.0.10', '10.244.1.10', '10.244.2.10'].map((server) => ({
      server,
      outcome: 'answered' as const,
    })),
  };
}

/** Changes what a node saw of one peer. */
export function changeProbe(
  peer: string,
  change: (probe: PeerProbe) => PeerProbe,
): (probes: NodeProbes) => NodeProbes {
  return (probes) => ({
    ...probes,
    peers: probes.peers.map((probe) => (probe.peer === peer ? change(probe) : probe)),
  });
}

/** As on a larger ring, where two nodes do not both ask each other. */
export function doesNotAsk(peer: string): (probes: NodeProbes) => NodeProbes {
  return (probes) => ({ ...probes, peers: probes.peers.filter((probe) => probe.peer !== peer) });
}

/** No small packet to the peer through the overlay came back, so no large one was sent. */
export function overlayLost({ largePing: _, ...probe }: PeerProbe): PeerProbe {
  return { ...probe, overlayPing: pingOf(20, 0) };
}

/** No packet to the peer came back by either way. */
export function allLost(probe: PeerProbe): PeerProbe {
  return { ...overlayLost(probe), underlayPing: pingOf(3, 0) };
}
