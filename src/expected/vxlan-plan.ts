// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import {
  counted,
  enabledFamilies,
  type FamilyPlan,
  indexed,
  type LeasePart,
  leaseParts,
  type Peer,
  peerOf,
  type PlanInputs,
} from '#expected/peer-plan.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';

/** What every other node has to hold for one node and family (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, handleSubnetEvents). */
export interface VxlanPeer extends Peer {
  readonly link: string;
  readonly vtepMac: string;
  /** Another node announces the same MAC: no FDB can serve both. */
  readonly sharesVtepMac: boolean;
}

/** One address family of the vxlan data plane. `unjudged` holds network addresses and MACs too. */
export interface VxlanFamilyPlan extends FamilyPlan<VxlanPeer> {
  /** `flannel.<VNI>`, or `flannel-v6.<VNI>` for IPv6. */
  readonly link: string;
  /** By the address of the neighbour. */
  readonly byNetwork: ReadonlyMap<string, VxlanPeer>;
  readonly byVtepMac: ReadonlyMap<string, VxlanPeer>;
}

/** What the vxlan backend has to hold on all nodes. */
export interface VxlanPlan {
  readonly backend: 'vxlan';
  readonly directRouting: boolean;
  readonly families: readonly VxlanFamilyPlan[];
}

/** Name of flannel's vxlan link for a family. */
export function vxlanLinkName(netConf: Pick<NetConf, 'vni'>, family: IpFamily): string {
  return family === 4 ? `flannel.${String(netConf.vni)}` : `flannel-v6.${String(netConf.vni)}`;
}

/** The plan for a cluster with the vxlan backend. Memoised by the identity of the three facts. */
export function vxlanPlan({ nodes, flannel, netConf }: PlanInputs): VxlanPlan {
  return planOf(nodes, flannel, netConf);
}

const planOf = memoiseByIdentity(
  (nodes: readonly NodeObject[], flannel: FlannelWorkload, netConf: NetConf): VxlanPlan => ({
    backend: 'vxlan',
    directRouting: netConf.directRouting,
    families: enabledFamilies(netConf).map((family) =>
      familyPlan(leaseParts(nodes, flannel, family), family, vxlanLinkName(netConf, family)),
    ),
  }),
);

function familyPlan(parts: readonly LeasePart[], family: IpFamily, link: string): VxlanFamilyPlan {
  const macs = counted(parts.flatMap(({ part }) => part.vtepMac ?? []));
  const peers: VxlanPeer[] = [];
  const unjudged = new Set<string>();
  for (const each of parts) {
    const { podCidr, network, vtepMac = '' } = each.part;
    const sharesVtepMac = (macs.get(vtepMac) ?? 0) > 1;
    if (sharesVtepMac) unjudged.add(vtepMac);
    const peer = vtepMac === '' ? undefined : peerOf(each, 'vxlan');
    if (peer === undefined) for (const claim of [podCidr, network, vtepMac]) unjudged.add(claim);
    else peers.push({ ...peer, link, vtepMac, ordinal: peers.length, sharesVtepMac });
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
