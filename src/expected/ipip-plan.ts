// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import {
  type FamilyPlan,
  indexed,
  leaseParts,
  type Peer,
  peerOf,
  type PlanInputs,
} from '#expected/peer-plan.ts';
import { IPIP_LINK } from '#expected/tunnel-names.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import { type Cidr, parseCidr } from '#model/net/cidr.ts';

/** The one address family of the ipip data plane. */
export interface IpipFamilyPlan extends FamilyPlan {
  readonly link: string;
  /** The pod network; absent when nobody tells it. */
  readonly range?: Cidr;
}

/**
 * What the ipip backend has to hold on all nodes: one route per peer by its public IP, through the tunnel or, with
 * DirectRouting on one segment, past it. IPv4 only (flannel@v0.28.9:pkg/backend/ipip/ipip.go).
 */
export interface IpipPlan {
  readonly backend: 'ipip';
  readonly directRouting: boolean;
  readonly families: readonly IpipFamilyPlan[];
}

/** The plan for a cluster with the ipip backend. Memoised by the identity of the three facts. */
export function ipipPlan({ nodes, flannel, netConf }: PlanInputs): IpipPlan {
  return planOf(nodes, flannel, netConf);
}

const planOf = memoiseByIdentity(
  (nodes: readonly NodeObject[], flannel: FlannelWorkload, netConf: NetConf): IpipPlan => {
    const peers: Peer[] = [];
    const unjudged = new Set<string>();
    for (const each of leaseParts(nodes, flannel, 4)) {
      const peer = peerOf(each, 'ipip');
      if (peer === undefined) unjudged.add(each.part.podCidr);
      else peers.push({ ...peer, link: IPIP_LINK, ordinal: peers.length });
    }
    const family: IpipFamilyPlan = {
      family: 4,
      link: IPIP_LINK,
      peers,
      byPodCidr: indexed(peers, (peer) => peer.podCidr),
      byPublicIp: indexed(peers, (peer) => peer.publicIp),
      unjudged,
    };
    const range = netConf.network === undefined ? undefined : parseCidr(netConf.network);
    const families = [range === undefined ? family : { ...family, range }];
    return { backend: 'ipip', directRouting: netConf.directRouting, families };
  },
);
