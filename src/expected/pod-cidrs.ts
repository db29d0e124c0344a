// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily } from '#model/kernel.ts';
import { type Cidr, cidrIncludes, formatCidr, parseCidr } from '#model/net/cidr.ts';

/** The node's pod range of a family; undefined when it has none. */
export function podCidrOf(node: NodeObject, family: IpFamily): Cidr | undefined {
  return node.podCIDRs.map(parseCidr).find((cidr) => cidr?.family === family);
}

/**
 * Families that net-conf switches on and the node has no pod range of. flanneld then acquires no lease at all
 * (flannel@v0.28.9:pkg/subnet/kube/kube.go, AcquireLease).
 */
export function familiesWithoutPodCidr(
  netConf: NetConf,
  node: NodeObject,
): readonly [IpFamily, ...IpFamily[]] | undefined {
  const [first, ...rest] = enabledFamilies(netConf).filter(
    (family) => podCidrOf(node, family) === undefined,
  );
  return first === undefined ? undefined : [first, ...rest];
}

/** Two nodes of which one's pod range holds the other's, or is the same. */
export interface PodCidrOverlap {
  /** Range of the node that was asked about. */
  readonly podCidr: string;
  readonly peer: string;
  /** Position of the peer in the `nodes` fact. */
  readonly peerIndex: number;
  readonly peerPodCidr: string;
}

interface Claim {
  readonly cidr: Cidr;
  readonly node: string;
  readonly index: number;
}

/** By node, every other node's range that shares an address with its own. Nodes without overlap have no entry. */
export const podCidrOverlaps: (
  nodes: readonly NodeObject[],
) => ReadonlyMap<string, readonly PodCidrOverlap[]> = memoiseByIdentity(
  (nodes: readonly NodeObject[]) => {
    const overlaps = new Map<string, PodCidrOverlap[]>();
    // Ranges nest or are disjoint: in order of their start, those that hold the current one are a stack.
    const holders: Claim[] = [];
    for (const claim of sortedClaims(nodes)) {
      let top = holders.at(-1);
      while (top !== undefined && !cidrIncludes(top.cidr, claim.cidr)) {
        holders.pop();
        top = holders.at(-1);
      }
      for (const holder of holders) {
        if (holder.node === claim.node) continue;
        note(holder, claim);
        note(claim, holder);
      }
      holders.push(claim);
    }
    return overlaps;

    function note(own: Claim, peer: Claim): void {
      const known = overlaps.get(own.node) ?? [];
      overlaps.set(own.node, known);
      known.push({
        podCidr: formatCidr(own.cidr),
        peer: peer.node,
        peerIndex: peer.index,
        peerPodCidr: formatCidr(peer.cidr),
      });
    }
  },
);

function sortedClaims(nodes: readonly NodeObject[]): readonly Claim[] {
  return nodes
    .flatMap(({ name, podCIDRs }, index) =>
      podCIDRs.flatMap((text) => {
        const cidr = parseCidr(text);
        return cidr === undefined ? [] : [{ cidr, node: name, index }];
      }),
    )
    .sort(({ cidr: a }, { cidr: b }) => {
      if (a.family !== b.family) return a.family - b.family;
      if (a.base !== b.base) return a.base < b.base ? -1 : 1;
      return a.length - b.length;
    });
}
