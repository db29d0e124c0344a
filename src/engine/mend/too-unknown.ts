// SPDX-License-Identifier: Apache-2.0

import { joinedNodes } from '#engine/joined-nodes.ts';
import type { Snapshot } from '#model/snapshot.ts';

/**
 * Why a picture is too unknown to change anything by it; empty when it is not. The rule: the nodes, where flannel
 * runs and its configuration are known, and of Flannel's nodes that were to be read at least half were. A fault that
 * keeps most nodes from being read is not one that a write to the others mends.
 */
export function tooUnknown(snapshot: Snapshot): readonly string[] {
  const { nodes, flannel, netConf } = snapshot.cluster;
  const missing = Object.entries({ nodes, flannel, netConf }).flatMap(([name, fact]) =>
    fact.state === 'absent' ? [`${name}: ${fact.detail}`] : [],
  );
  if (missing.length > 0 || nodes.state === 'absent') return missing;
  const wanted = joinedNodes(snapshot.cluster)
    .map(({ name }) => snapshot.nodes[name]?.links)
    .filter((links) => links?.state === 'observed' || links?.reason !== 'not-collected');
  const read = wanted.filter((links) => links?.state === 'observed').length;
  return read * 2 >= wanted.length
    ? []
    : [`Only ${String(read)} of ${String(wanted.length)} nodes could be read.`];
}
