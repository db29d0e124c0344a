// SPDX-License-Identifier: Apache-2.0

/**
 * How much is probed.
 *
 * - `none`: nothing.
 * - `light`: from each node at most ten peers on a ring, the nodes of the DNS, and at most ten that the comparison doubts.
 * - `all`: from each node every peer, fifty at most.
 */
export type ProbeMode = 'none' | 'light' | 'all';

/** A peer to probe from a node. Addresses are parsed ones in canonical notation. */
export interface ProbeTarget {
  /** Name of the peer. */
  readonly peer: string;
  /** Address of the peer outside the overlay: its public IP. */
  readonly underlay: string;
  /** Address of the peer that only the overlay leads to; absent when it has none that is known. */
  readonly overlay?: string;
  /** Size of the largest packet that pods may send, bytes, IP header included; absent when it is not known. */
  readonly largestPacket?: number;
}

/** What came of some echo requests of one size. */
export interface PingResult {
  /** Requests sent; 0 when the kernel refused to send any, for want of a route. */
  readonly sent: number;
  /** Answers, duplicates not counted. */
  readonly received: number;
  /** Round-trip time of the answers, milliseconds; absent without any. */
  readonly minMs?: number;
  readonly avgMs?: number;
  readonly maxMs?: number;
}

/** What was seen of one peer. A ping that is absent was not sent, or its outcome did not come back. */
export interface PeerProbe extends ProbeTarget {
  /** Small packets to the underlay address. */
  readonly underlayPing?: PingResult;
  /** More of them, sent because some of the first were lost. */
  readonly underlayAgain?: PingResult;
  /** Small packets to the overlay address. */
  readonly overlayPing?: PingResult;
  /** More of them, sent because some of the first were lost. */
  readonly overlayAgain?: PingResult;
  /** Packets of `largestPacket` bytes to the overlay address; sent only when small ones came back. */
  readonly largePing?: PingResult;
  /** More of them, sent because all of the first were lost. */
  readonly largeAgain?: PingResult;
}

/** What is to be probed from one node. */
export interface ProbePlan {
  readonly peers: readonly ProbeTarget[];
  /** Addresses of the cluster's DNS to ask: those of its Service, then those of its pods. */
  readonly dnsServers: readonly string[];
}

/** A name asked of one address of the cluster's DNS. */
export interface DnsProbe {
  readonly server: string;
  /**
   * - `answered`: with an address, or that there is no such name.
   * - `failed`: with an error of the server.
   * - `silent`: no answer in time, or nobody listens.
   *
   * Absent when the outcome did not come back, or the container has nothing to ask with.
   */
  readonly outcome?: 'answered' | 'failed' | 'silent';
}

/** What one node saw of its peers and of the cluster's DNS. */
export interface NodeProbes {
  readonly mode: ProbeMode;
  readonly peers: readonly PeerProbe[];
  readonly dns: readonly DnsProbe[];
}
