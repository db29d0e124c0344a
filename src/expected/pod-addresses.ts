// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import { podCidrOf } from '#expected/pod-cidrs.ts';
import type { NodeObject, NodePodAddresses } from '#model/cluster.ts';
import { parseAddress } from '#model/net/address.ts';
import { type Cidr, cidrContains } from '#model/net/cidr.ts';

/** The addresses of a node's pods, held against its pod ranges. */
export interface JudgedAddresses {
  /** Of the node in the `podAddresses` fact, for evidence. */
  readonly place: number;
  readonly addresses: readonly string[];
  readonly ranges: readonly Cidr[];
  /** Places of the addresses that lie in no range, of those whose family the node has a range of. */
  readonly outside: readonly number[];
}

const placeByNode = memoiseByIdentity(
  (all: readonly NodePodAddresses[]): ReadonlyMap<string, number> =>
    new Map(all.map(({ node }, index) => [node, index])),
);

/** Judges the addresses of a node's pods; undefined when none of its pods has one. */
export function judgedAddresses(
  all: readonly NodePodAddresses[],
  node: NodeObject,
): JudgedAddresses | undefined {
  const place = placeByNode(all).get(node.name);
  const addresses = place === undefined ? undefined : all[place]?.addresses;
  if (place === undefined || addresses === undefined) return undefined;
  const ranges = ([4, 6] as const).flatMap((family) => podCidrOf(node, family) ?? []);
  return { place, addresses, ranges, outside: outsideOf(addresses, ranges) };
}

function outsideOf(addresses: readonly string[], ranges: readonly Cidr[]): readonly number[] {
  return addresses.flatMap((text, index) => {
    const address = parseAddress(text);
    if (address === undefined) return [];
    const same = ranges.filter(({ family }) => family === address.family);
    return same.length === 0 || same.some((cidr) => cidrContains(cidr, address)) ? [] : [index];
  });
}
