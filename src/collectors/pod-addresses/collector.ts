// SPDX-License-Identifier: Apache-2.0

import type { NodePodAddresses } from '#model/cluster.ts';
import { type ClusterCollector, apiRead } from '#collectors/define-collector.ts';
import {
  type PodAddresses,
  projectPodAddresses,
} from '#sources/kubernetes/objects/pod-addresses.ts';

/** Pods that are done keep the address they had; every server knows this selector. */
const NOT_DONE = 'status.phase!=Succeeded,status.phase!=Failed';

/** Reads the addresses of all pods of the cluster, page by page. */
export const podAddressesCollector: ClusterCollector<'podAddresses'> = {
  scope: 'cluster',
  fact: 'podAddresses',
  reads: [apiRead('', 'pods', 'list')],
  timeoutMs: 60_000,
  collect: async (reader) => {
    const request = { path: '/api/v1/pods', query: { fieldSelector: NOT_DONE } };
    const pods = await reader.connection.list(
      { ...request, operation: 'list pods', signal: reader.signal },
      projectPodAddresses,
    );
    return { value: byNode(pods) };
  },
};

function byNode(pods: readonly PodAddresses[]): readonly NodePodAddresses[] {
  const nodes = new Map<string, Set<string>>();
  for (const { node, addresses } of pods) {
    const known = nodes.get(node) ?? new Set();
    for (const address of addresses) known.add(address);
    nodes.set(node, known);
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, addresses]) => ({ node, addresses: [...addresses] }));
}
