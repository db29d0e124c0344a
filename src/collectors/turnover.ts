// SPDX-License-Identifier: Apache-2.0

import { absent } from '#model/fact.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { ClusterFactRecord, NodeFactRecord } from '#model/snapshot.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import { absentNode } from '#collectors/collect-node.ts';
import { isSourceError } from '#sources/source-error.ts';

/** What one run has read so far. */
export interface ReadFacts {
  readonly cluster: ClusterFactRecord;
  readonly nodes: Readonly<Record<string, NodeFactRecord>>;
}

const JOINED = absentNode(absent('not-collected', 'The node joined while the run went on.'));

/**
 * Lists the nodes once more and marks those that came or went since they were listed first. Gives the facts back as
 * they are when nothing changed, or when the nodes cannot be listed now.
 *
 * @throws SourceError `cancelled`
 */
export async function withTurnover(reader: ClusterReader, facts: ReadFacts): Promise<ReadFacts> {
  const { cluster } = facts;
  if (cluster.nodes.state === 'absent') return facts;
  const before = cluster.nodes.value;
  const after = await listAgain(reader);
  if (after === undefined) return facts;
  const namesAfter = new Set(after.map(({ name }) => name));
  const namesBefore = new Set(before.map(({ name }) => name));
  const joined = after.filter(({ name }) => !namesBefore.has(name));
  if (joined.length === 0 && before.every(({ name }) => namesAfter.has(name))) return facts;
  const value: readonly NodeObject[] = [
    ...before.map((node) =>
      namesAfter.has(node.name) ? node : { ...node, duringRun: 'left' as const },
    ),
    ...joined.map((node) => ({ ...node, duringRun: 'joined' as const })),
  ];
  return {
    cluster: { ...cluster, nodes: { ...cluster.nodes, value } },
    nodes: Object.freeze({
      ...facts.nodes,
      ...Object.fromEntries(joined.map(({ name }) => [name, JOINED])),
    }),
  };
}

async function listAgain(reader: ClusterReader): Promise<readonly NodeObject[] | undefined> {
  try {
    return await reader.nodesAgain();
  } catch (error) {
    if (!isSourceError(error) || error.code === 'cancelled') throw error;
    return undefined;
  }
}
