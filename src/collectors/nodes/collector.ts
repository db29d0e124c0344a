// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead } from '#collectors/define-collector.ts';

/** Reads all Node objects. */
export const nodesCollector: ClusterCollector<'nodes'> = {
  scope: 'cluster',
  fact: 'nodes',
  reads: [apiRead('', 'nodes', 'list')],
  timeoutMs: 60_000,
  collect: async (reader) => ({ value: await reader.nodes() }),
};
