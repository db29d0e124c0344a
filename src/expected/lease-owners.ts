// SPDX-License-Identifier: Apache-2.0

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
    if (node.os !== 'linux') continue;
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
