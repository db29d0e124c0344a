// SPDX-License-Identifier: Apache-2.0

import { flannelNodes } from '#expected/flannel-scheduling.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';

/** The nodes that flannel joins, as far as it is known where it runs; none where the nodes are absent. Pure. */
export function joinedNodes({
  nodes,
  flannel,
}: Pick<ClusterFactRecord, 'nodes' | 'flannel'>): readonly NodeObject[] {
  if (nodes.state === 'absent') return [];
  return flannelNodes(nodes.value, flannel.state === 'observed' ? flannel.value : undefined);
}
