// SPDX-License-Identifier: Apache-2.0

import { type LeaseFamily, type SubnetLease, subnetLeases } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';

/** What every other node has to know of one node and family, whatever the backend. */
export interface Peer {
  /** Position among the peers of the family's plan. */
  readonly ordinal: number;
  readonly node: string;
  /** Position in the `nodes` fact. */
  readonly nodeIndex: number;
  readonly family: IpFamily;
  /** Flannel's own link that leads to it; absent when the backend has none. */
  readonly link?: string;
  /** Destination of the route. */
  readonly podCidr: string;
  /** First address of the range: next hop of a route through the tunnel. */
  readonly network: string;
  /** Next hop of a route past the tunnel. */
  readonly publicIp: string;
}

/** One address family of a backend's data plane. */
export interface FamilyPlan<P extends Peer = Peer> {
  readonly family: IpFamily;
  /** Nodes with a usable lease whose pod range is theirs alone. */
  readonly peers: readonly P[];
  readonly byPodCidr: ReadonlyMap<string, P>;
  readonly byPublicIp: ReadonlyMap<string, P>;
  /**
   * What belongs to nodes that are no peers: no usable lease, or a range that two nodes claim. Entries about them
   * are neither right nor stale; the lease is the fault.
   */
  readonly unjudged: ReadonlySet<string>;
}

/** The facts that a plan is computed from. */
export interface PlanInputs {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
  readonly netConf: NetConf;
}

/** One family of a node's lease, and the lease. */
export interface LeasePart {
  readonly lease: SubnetLease;
  readonly part: LeaseFamily;
  /** No other node has the same pod range. */
  readonly claimedAlone: boolean;
}

/** The families that net-conf switches on. */
export function enabledFamilies(netConf: Pick<NetConf, 'ipv4' | 'ipv6'>): readonly IpFamily[] {
  return [...(netConf.ipv4 ? [4 as const] : []), ...(netConf.ipv6 ? [6 as const] : [])];
}

/** The leases of all nodes that have a pod range of the family. */
export function leaseParts(
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
  family: IpFamily,
): readonly LeasePart[] {
  const parts = subnetLeases(nodes, flannel).flatMap((lease) => {
    const part = family === 4 ? lease.v4 : lease.v6;
    return part === undefined ? [] : [{ lease, part }];
  });
  const claims = counted(parts.map(({ part }) => part.podCidr));
  return parts.map(({ lease, part }) => ({
    lease,
    part,
    claimedAlone: claims.get(part.podCidr) === 1,
  }));
}

/**
 * The peer that a lease makes of a node; undefined when flanneld on the other nodes cannot use the lease, because
 * it is not whole or names another backend, or when two nodes claim its range.
 */
export function peerOf(
  { lease, part, claimedAlone }: LeasePart,
  backend: string,
): Omit<Peer, 'ordinal' | 'link'> | undefined {
  const { family, podCidr, network, publicIp } = part;
  if (!claimedAlone || !lease.announced || lease.backendType !== backend) return undefined;
  if (publicIp === undefined) return undefined;
  return { node: lease.node, nodeIndex: lease.index, family, podCidr, network, publicIp };
}

/** How often each text occurs. */
export function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** First one wins: of two nodes with the same value only one can be served, which is a finding of its own. */
export function indexed<P extends Peer>(
  peers: readonly P[],
  key: (peer: P) => string,
): ReadonlyMap<string, P> {
  const index = new Map<string, P>();
  for (const peer of peers) if (!index.has(key(peer))) index.set(key(peer), peer);
  return index;
}
