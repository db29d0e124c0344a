// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { subnetLeases } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';

/** The backend that a node's flanneld announced at its start. */
export interface AnnouncedBackend {
  readonly node: string;
  /** Position in the `nodes` fact, for evidence. */
  readonly index: number;
  readonly type: string;
  /** Only vxlan; absent for the old flannel that wrote none. */
  readonly vni?: number;
}

/** What flannel runs with by its annotations, whatever net-conf.json asks for by now. */
export interface RunningBackend {
  /** Nodes that announce a backend type. udp, alloc and tencent-vpc announce none. */
  readonly announced: readonly AnnouncedBackend[];
  /** Type that more than half of them announce; absent when there is none. */
  readonly type?: string;
  /** VNI that more than half of the nodes with vxlan announce; absent when there is none. */
  readonly vni?: number;
}

/** The majority of what the nodes announce. Memoised by the identity of both facts. */
export const runningBackend: (
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
) => RunningBackend = memoiseByIdentity((nodes, flannel) => {
  const announced = subnetLeases(nodes, flannel).flatMap((lease): AnnouncedBackend[] => {
    const { node, index, backendType: type, vni } = lease;
    if (!lease.announced || type === undefined) return [];
    // Older flannel left VNI out, which reads as 0: no word on it.
    return [{ node, index, type, ...(vni === undefined || vni === 0 ? {} : { vni }) }];
  });
  const type = majority(announced.map((each) => each.type));
  const vni = majority(announced.flatMap((each) => each.vni ?? []));
  return {
    announced,
    ...(type === undefined ? {} : { type }),
    ...(vni === undefined ? {} : { vni }),
  };
});

/** What more than half of the votes name; undefined when nothing is. */
function majority<T>(votes: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const vote of votes) {
    const count = (counts.get(vote) ?? 0) + 1;
    if (2 * count > votes.length) return vote;
    counts.set(vote, count);
  }
  return undefined;
}

/** A backend in words, e.g. `vxlan, VNI 1`. */
export function backendText({
  type,
  vni,
}: {
  readonly type: string;
  readonly vni?: number;
}): string {
  return vni === undefined || type !== 'vxlan' ? type : `${type}, VNI ${String(vni)}`;
}
