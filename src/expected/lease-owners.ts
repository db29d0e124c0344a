// SPDX-License-Identifier: Apache-2.0

import { isVirtual } from '#expected/node-objects.ts';
import { subnetLeases } from '#expected/subnet-leases.ts';
import type { FlannelWorkload, NodeObject } from '#model/cluster.ts';

/** A node that was made anew keeps its pod range and its MAC, but needs a moment to announce them. */
const RECENT_MS = 10 * 60 * 1000;

/**
 * Why an entry that no lease asks for may still be somebody's, one sentence: a node that has no whole lease now, or
 * that joined a moment ago, may be its owner. Undefined when every Linux node's lease is whole and settled.
 *
 * @param now ISO-8601 UTC
 */
export function ownerMayReturn(
  now: string,
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
): string | undefined {
  const leases = subnetLeases(nodes, flannel);
  for (const [index, node] of nodes.entries()) {
    if (node.os !== 'linux' || isVirtual(node)) continue;
    const lease = leases[index];
    const isWhole =
      lease?.announced === true && lease.problems.length === 0 && node.podCIDRs.length > 0;
    if (!isWhole) {
      return `${node.name} has no whole lease now, so the entry may be its own: nothing is deleted until it has one.`;
    }
    if (Date.parse(now) - Date.parse(node.createdAt) < RECENT_MS) {
      return `${node.name} joined less than 10 minutes ago, so the entry may be its own: nothing is deleted until then.`;
    }
  }
  return undefined;
}

/** What a kernel entry is about, in the words of a lease: one of them. */
export interface EntrySubject {
  /** Destination of a route. */
  readonly podCidr?: string;
  /** Address of a neighbour: the first of a pod range. */
  readonly network?: string;
  /** MAC of an FDB entry. */
  readonly vtepMac?: string;
}

/**
 * The node whose lease asks the others for an entry about the subject; undefined when none does.
 *
 * @param holder node that has the entry: one about itself is a leftover all the same
 */
export function leaseOwner(
  { podCidr, network, vtepMac }: EntrySubject,
  holder: string,
  nodes: readonly NodeObject[],
  flannel: FlannelWorkload,
): string | undefined {
  return subnetLeases(nodes, flannel).find(
    ({ node, v4, v6 }) =>
      node !== holder &&
      [v4, v6].some(
        (part) =>
          part !== undefined &&
          ((podCidr !== undefined && part.podCidr === podCidr) ||
            (network !== undefined && part.network === network) ||
            (vtepMac !== undefined && part.vtepMac === vtepMac)),
      ),
  )?.node;
}
