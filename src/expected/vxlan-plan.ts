// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { type LeaseFamily, type SubnetLease, subnetLeases } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';

/** What every other node has to hold for one node and family (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, handleSubnetEvents). */
export interface VxlanPeer {
  /** Position among the peers of the family's plan. */
  readonly ordinal: number;
  readonly node: string;
  /** Position in the `nodes` fact. */
  readonly nodeIndex: number;
  readonly family: IpFamily;
  /** Flannel's link that leads to it. */
  readonly link: string;
  /** Destination of the route. */
  readonly podCidr: string;
  /** Next hop of the route and address of the neighbour. */
  readonly network: string;
  readonly vtepMac: string;
  /** Another node announces the same MAC: no FDB can serve both. */
  readonly sharesVtepMac: boolean;
  readonly publicIp: string;
}

/** One address family of the vxlan data plane. */
export interface VxlanFamilyPlan {
  readonly family: IpFamily;
  /** `flannel.<VNI>`, or `flannel-v6.<VNI>` for IPv6. */
  readonly link: string;
  /** Nodes with a usable lease whose pod range is theirs alone. */
  readonly peers: readonly VxlanPeer[];
  readonly byPodCidr: ReadonlyMap<string, VxlanPeer>;
  readonly byNetwork: ReadonlyMap<string, VxlanPeer>;
  readonly byVtepMac: ReadonlyMap<string, VxlanPeer>;
  readonly byPublicIp: ReadonlyMap<string, VxlanPeer>;
  /**
   * Pod ranges, network addresses and MACs of nodes that are no peers: no usable lease, or a range or MAC that
   * two nodes claim. Entries about them are neither right nor stale; the lease is the fault.
   */
  readonly unjudged: ReadonlySet<string>;
}

/** What the vxlan backend has to hold on all nodes. */
export interface VxlanPlan {
  readonly directRouting: boolean;
  readonly families: readonly VxlanFamilyPlan[];
}

/** The facts that the vxlan plan is computed from. */
export interface VxlanInputs {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
  readonly netConf: NetConf;
}

/** Name of flannel's vxlan link for a family. */
export function vxlanLinkName(netConf: Pick<NetConf, 'vni'>, family: IpFamily): string {
  return family === 4 ? `flannel.${String(netConf.vni)}` : `flannel-v6.${String(netConf.vni)}`;
}

/** The families that net-conf switches on. */
export function enabledFamilies(netConf: Pick<NetConf, 'ipv4' | 'ipv6'>): readonly IpFamily[] {
  return [...(netConf.ipv4 ? [4 as const] : []), ...(netConf.ipv6 ? [6 as const] : [])];
}

/** The plan for a cluster with the vxlan backend. Memoised by the identity of the three facts. */
export function vxlanPlan({ nodes, flannel, netConf }: VxlanInputs): VxlanPlan {
  return planOf(nodes, flannel, netConf);
}

const planOf = memoiseByIdentity(
  (nodes: readonly NodeObject[], flannel: FlannelWorkload, netConf: NetConf): VxlanPlan => {
    const leases = subnetLeases(nodes, flannel);
    return {
      directRouting: netConf.directRouting,
      families: enabledFamilies(netConf).map((family) =>
        familyPlan(leases, family, vxlanLinkName(netConf, family)),
      ),
    };
  },
);

interface LeasePart {
  readonly lease: SubnetLease;
  readonly part: LeaseFamily;
}

function familyPlan(
  leases: readonly SubnetLease[],
  family: IpFamily,
  link: string,
): VxlanFamilyPlan {
  const parts = leases.flatMap((lease): LeasePart[] => {
    const part = family === 4 ? lease.v4 : lease.v6;
    return part === undefined ? [] : [{ lease, part }];
  });
  const claims = counted(parts.map(({ part }) => part.podCidr));
  const macs = counted(parts.flatMap(({ part }) => part.vtepMac ?? []));
  const peers: VxlanPeer[] = [];
  const unjudged = new Set<string>();
  for (const each of parts) {
    const { podCidr, network, vtepMac = '' } = each.part;
    const sharesVtepMac = (macs.get(vtepMac) ?? 0) > 1;
    if (sharesVtepMac) unjudged.add(vtepMac);
    const peer = claims.get(podCidr) === 1 ? peerOf(each, link) : undefined;
    if (peer === undefined) for (const claim of [podCidr, network, vtepMac]) unjudged.add(claim);
    else peers.push({ ...peer, ordinal: peers.length, sharesVtepMac });
  }
  return {
    family,
    link,
    peers,
    byPodCidr: indexed(peers, (peer) => peer.podCidr),
    byNetwork: indexed(peers, (peer) => peer.network),
    byVtepMac: indexed(peers, (peer) => peer.vtepMac),
    byPublicIp: indexed(peers, (peer) => peer.publicIp),
    unjudged,
  };
}

/** The peer that a lease makes of a node; undefined when flanneld on the other nodes cannot use the lease. */
function peerOf(
  { lease, part }: LeasePart,
  link: string,
): Omit<VxlanPeer, 'ordinal' | 'sharesVtepMac'> | undefined {
  const { family, podCidr, network, publicIp, vtepMac } = part;
  if (!lease.announced || lease.backendType !== 'vxlan') return undefined;
  if (publicIp === undefined || vtepMac === undefined) return undefined;
  const { node, index: nodeIndex } = lease;
  return { node, nodeIndex, family, link, podCidr, network, vtepMac, publicIp };
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** First one wins: of two nodes with the same value only one can be served, which is a finding of its own. */
function indexed(
  peers: readonly VxlanPeer[],
  key: (peer: VxlanPeer) => string,
): ReadonlyMap<string, VxlanPeer> {
  const index = new Map<string, VxlanPeer>();
  for (const peer of peers) if (!index.has(key(peer))) index.set(key(peer), peer);
  return index;
}
