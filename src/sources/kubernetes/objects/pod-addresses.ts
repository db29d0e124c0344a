// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';

import { formatAddress, parseAddress } from '#model/net/address.ts';
import { flag, listOf, text } from '#sources/kubernetes/objects/fields.ts';

/** Where a pod runs and the addresses of its own network. */
export interface PodAddresses {
  readonly node: string;
  readonly addresses: readonly string[];
}

const schema = z.object({
  metadata: z.object({ deletionTimestamp: text }),
  spec: z.object({ nodeName: text, hostNetwork: flag }),
  status: z.object({
    phase: text,
    podIP: text,
    podIPs: listOf(z.object({ ip: z.string() })),
  }),
});

/**
 * Reduces a Pod to node and addresses, in one notation; undefined for one that is not scheduled, in the network of
 * its node, done, being deleted, or without an address. Windows pods of kind HostProcess are in the node's network
 * and say so.
 */
export function projectPodAddresses(item: unknown): PodAddresses | undefined {
  const result = schema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata, spec, status } = result.data;
  const isDone = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (isDone || spec.hostNetwork === true || metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  const listed = status.podIPs.length > 0 ? status.podIPs : [{ ip: status.podIP ?? '' }];
  const addresses = listed.flatMap(({ ip }) => {
    const address = parseAddress(ip);
    return address === undefined ? [] : [formatAddress(address)];
  });
  const node = spec.nodeName ?? '';
  return node === '' || addresses.length === 0 ? undefined : { node, addresses };
}
