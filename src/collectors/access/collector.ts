// SPDX-License-Identifier: Apache-2.0

import type { AccessRight, ClusterAccess, TriedNodeWay } from '#model/access.ts';
import type { Fact } from '#model/fact.ts';
import type { ClusterFactRecord, NodeFactRecord } from '#model/snapshot.ts';
import {
  type DeclaredReads,
  type NeededRight,
  neededRights,
} from '#collectors/access/needed-rights.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import type { ClusterCollector } from '#collectors/define-collector.ts';
import { debugNamespaceOf } from '#collectors/node-way.ts';

/**
 * Asks for each right that the given collectors and the way into nodes declare. It needs no right of its own:
 * everybody who is signed in may ask.
 */
export function accessCollector(collectors: readonly DeclaredReads[]): ClusterCollector<'access'> {
  return {
    scope: 'cluster',
    fact: 'access',
    reads: [],
    timeoutMs: 60_000,
    collect: async (reader) => {
      const flannel = await reader.flannel().catch(() => undefined);
      const namespace = flannel?.workload.namespace;
      const { debugPods } = reader.options;
      const needed = neededRights(collectors, debugPods !== undefined).map((right) =>
        placed(right, namespace, debugPods && debugNamespaceOf(debugPods, namespace)),
      );
      const rights = await Promise.all(onceEach(needed).map((right) => ask(reader, right)));
      return { value: { rights } };
    },
  };
}

/** A right whose namespace has its name; nobody can be asked about one `inUnknownNamespace`. */
interface PlacedRight extends Omit<NeededRight, 'namespace'> {
  readonly namespace?: string;
  readonly inUnknownNamespace: boolean;
}

/** @param flannel namespace of Flannel's pods; undefined when they were not found
 * @param debug namespace of debug pods; undefined when there are none */
function placed(
  right: NeededRight,
  flannel: string | undefined,
  debug: string | undefined,
): PlacedRight {
  const { namespace: declared, ...rest } = right;
  const named = { flannel, debug, 'kube-system': 'kube-system', default: 'default' };
  const namespace = declared && named[declared];
  // Where Flannel was not found, its pods were looked for in all namespaces; what else is in its own is not known.
  const isLost = declared === 'flannel' && flannel === undefined && right.verb !== 'list';
  return {
    ...rest,
    ...(namespace !== undefined && { namespace }),
    inUnknownNamespace: isLost,
  };
}

/** Rights that turned out to be the same one, because Flannel lives in kube-system, made one. */
function onceEach(rights: readonly PlacedRight[]): readonly PlacedRight[] {
  const byQuestion = new Map<string, PlacedRight>();
  for (const right of rights) {
    const { facts, ...question } = right;
    const key = JSON.stringify(Object.entries(question).sort());
    const known = byQuestion.get(key)?.facts ?? [];
    byQuestion.set(key, { ...right, facts: [...new Set([...known, ...facts])] });
  }
  return [...byQuestion.values()];
}

async function ask(
  reader: ClusterReader,
  { facts, inUnknownNamespace, ...question }: PlacedRight,
): Promise<AccessRight> {
  if (inUnknownNamespace) return { ...question, answer: 'not-asked', neededFor: facts, lost: [] };
  const isAllowed = await reader.connection.mayI(question, reader.signal);
  return { ...question, answer: isAllowed ? 'allowed' : 'denied', neededFor: facts, lost: [] };
}

/** Adds to each denied right what of its facts the cluster refused in this run. */
export function withLosses(
  access: Fact<ClusterAccess>,
  cluster: ClusterFactRecord,
  nodes: Readonly<Record<string, NodeFactRecord>>,
): Fact<ClusterAccess> {
  if (access.state === 'absent') return access;
  const refused = new Set(
    [cluster, ...Object.values(nodes)].flatMap((record) =>
      Object.entries<Fact<unknown>>(record).flatMap(([name, fact]) =>
        fact.state === 'absent' && fact.reason === 'forbidden' ? [name] : [],
      ),
    ),
  );
  const rights = access.value.rights.map((right) =>
    right.answer === 'denied'
      ? { ...right, lost: right.neededFor.filter((name) => refused.has(name)) }
      : right,
  );
  return { ...access, value: { ...access.value, rights } };
}

/** Adds which ways were tried, by node. */
export function withWays(
  access: Fact<ClusterAccess>,
  ways: Readonly<Record<string, readonly TriedNodeWay[]>>,
): Fact<ClusterAccess> {
  return access.state === 'absent' ? access : { ...access, value: { ...access.value, ways } };
}
