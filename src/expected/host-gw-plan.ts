// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import {
  enabledFamilies,
  type FamilyPlan,
  indexed,
  leaseParts,
  type Peer,
  peerOf,
  type PlanInputs,
} from '#expected/peer-plan.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { type Cidr, parseCidr } from '#model/net/cidr.ts';

/** One address family of the host-gw data plane. */
export interface HostGwFamilyPlan extends FamilyPlan {
  /** The whole pod network of net-conf; absent when that names none. */
  readonly range?: Cidr;
  /** Prefix lengths of the peers' pod ranges. */
  readonly lengths: ReadonlySet<number>;
}

/**
 * What the host-gw backend has to hold on all nodes: one route per peer, by the peer's public IP
 * (flannel@v0.28.9:pkg/backend/hostgw/hostgw.go, pkg/backend/route_network.go).
 */
export interface HostGwPlan {
  readonly backend: 'host-gw';
  readonly families: readonly HostGwFamilyPlan[];
}

/** The plan for a cluster with the host-gw backend. Memoised by the identity of the three facts. */
export function hostGwPlan({ nodes, flannel, netConf }: PlanInputs): HostGwPlan {
  return planOf(nodes, flannel, netConf);
}

const planOf = memoiseByIdentity(
  (nodes: readonly NodeObject[], flannel: FlannelWorkload, netConf: NetConf): HostGwPlan => ({
    backend: 'host-gw',
    families: enabledFamilies(netConf).map((family) => {
      const network = family === 4 ? netConf.network : netConf.ipv6Network;
      const range = network === undefined ? undefined : parseCidr(network);
      const plan = familyPlan(nodes, flannel, family);
      return range === undefined ? plan : { ...plan, range };
    }),
  }),
);

function familyPlan(
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
  family: IpFamily,
): HostGwFamilyPlan {
  const peers: Peer[] = [];
  const unjudged = new Set<string>();
  const lengths = new Set<number>();
  for (const each of leaseParts(nodes, flannel, family)) {
    lengths.add(each.part.cidr.length);
    const peer = peerOf(each, 'host-gw');
    if (peer === undefined) unjudged.add(each.part.podCidr);
    else peers.push({ ...peer, ordinal: peers.length });
  }
  return {
    family,
    peers,
    lengths,
    byPodCidr: indexed(peers, (peer) => peer.podCidr),
    byPublicIp: indexed(peers, (peer) => peer.publicIp),
    unjudged,
  };
}
