// SPDX-License-Identifier: Apache-2.0

import { NODE_FACT_NAMES } from '#model/snapshot.ts';
import type { ApiRead, Read } from '#collectors/define-collector.ts';
import { LOG_READS } from '#collectors/flannel-log/read-logs.ts';
import type { UsedNamespace } from '#sources/kubernetes/api-read.ts';
import { DEBUG_POD_RIGHTS } from '#sources/node-access/debug-pod/debug-pod-shell.ts';
import { EXEC_READS } from '#sources/node-access/exec/exec-shell.ts';

/** One verb on one kind of object, and the facts that are read by it. */
export interface NeededRight extends Omit<ApiRead, 'verbs' | 'namespace' | 'kind'> {
  readonly verb: ApiRead['verbs'][number];
  readonly namespace?: UsedNamespace;
  readonly facts: readonly string[];
}

/** What is known of a collector here: its fact, and what it declares. */
export interface DeclaredReads {
  readonly fact: string;
  readonly reads: readonly Read[];
}

/** Facts that are read by a command on the node. */
const COMMAND_FACTS: readonly string[] = NODE_FACT_NAMES.filter((name) => name !== 'flannelLog');

/** Facts without which there is no way into any node: where flannel runs, and its pods. */
const WAY_FACTS: ReadonlySet<string> = new Set(['flannel', 'flannelPods']);

/**
 * All rights that reading needs, each once, as the collectors and the way into nodes declare them. A node's facts
 * need the way's own rights, and those by which its pods are found.
 *
 * @param withDebugPods whether pods may be made, which takes rights of its own
 */
export function neededRights(
  collectors: readonly DeclaredReads[],
  withDebugPods: boolean,
): readonly NeededRight[] {
  const declared = [
    ...collectors.flatMap(({ fact, reads }) => reads.map((read) => ({ facts: [fact], read }))),
    ...collectors
      .filter(({ fact }) => WAY_FACTS.has(fact))
      .flatMap(({ reads }) => reads)
      // Flannel is looked for on the nodes' annotations only when it runs in no pod.
      .filter((read) => read.kind === 'api' && read.resource !== 'nodes')
      .map((read) => ({ facts: NODE_FACT_NAMES, read })),
    ...[...EXEC_READS, ...(withDebugPods ? DEBUG_POD_RIGHTS : [])].map((read) => ({
      facts: COMMAND_FACTS,
      read,
    })),
    ...LOG_READS.map((read) => ({ facts: ['flannelLog'], read })),
  ];
  const rights = new Map<string, NeededRight>();
  for (const { facts, read } of declared) {
    if (read.kind !== 'api') continue;
    const { verbs, group, resource, namespace, name } = read;
    for (const verb of verbs) {
      const key = [verb, group, resource, namespace, name].join(' ');
      const known = rights.get(key)?.facts ?? [];
      rights.set(key, {
        verb,
        group,
        resource,
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
        facts: [...new Set([...known, ...facts])],
      });
    }
  }
  return [...rights.values()];
}
