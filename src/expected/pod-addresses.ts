// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import type { NodePodAddresses } from '#model/cluster.ts';
import { parseAddress } from '#model/net/address.ts';
import { type Cidr, cidrContains } from '#model/net/cidr.ts';

/** The place of each node in the `podAddresses` fact; a node without such a pod is not there. */
export const placeOfAddresses: (all: readonly NodePodAddresses[]) => ReadonlyMap<string, number> =
  memoiseByIdentity(
    (all: readonly NodePodAddresses[]) => new Map(all.map(({ node }, index) => [node, index])),
  );

/** The places of addresses that lie in no range, of those whose family the node has a range of. */
export function addressesOutside(
  addresses: readonly string[],
  ranges: readonly Cidr[],
): readonly number[] {
  return addresses.flatMap((text, index) => {
    const address = parseAddress(text);
    if (address === undefined) return [];
    const same = ranges.filter(({ family }) => family === address.family);
    return same.length === 0 || same.some((cidr) => cidrContains(cidr, address)) ? [] : [index];
  });
}
