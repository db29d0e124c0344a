// SPDX-License-Identifier: Apache-2.0

import type { AccessRight, ClusterAccess } from '#model/access.ts';
import type { Fact } from '#model/fact.ts';
import type { ClusterFactRecord, NodeFactRecord } from '#model/snapshot.ts';
import {
  type DeclaredReads,
  type NeededRight,
  neededRights,
} from '#collectors/access/needed-rights.ts';
import type { ClusterReader } from '#collectors/cluster-reader.ts';
import type { ClusterCollector } from '#collectors/define-collector.ts';

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
      const rights = await Promise.all(
        neededRights(collectors).map((right) => ask(reader, right, namespace)),
      );
      return { value: { rights } };
    },
  };
}

/** @param flannel namespace of Flannel's pods; undefined when they were not found */
async function ask(
  reader: ClusterReader,
  needed: NeededRight,
  flannel: string | undefined,
): Promise<AccessRight> {
  const { verb, group, resource, name, facts } = needed;
  const namespace = needed.namespace === 'flannel' ? flannel : needed.namespace;
  const question = {
    verb,
    group,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
  // Where Flannel was not found, its pods were looked for in all namespaces; what else is in its own is not known.
  const isKnown = needed.namespace !== 'flannel' || flannel !== undefined || verb === 'list';
  const isAllowed = isKnown && (await reader.connection.mayI(question, reader.signal));
  return {
    ...question,
    answer: isKnown ? (isAllowed ? 'allowed' : 'denied') : 'not-asked',
    neededFor: facts,
    lost: [],
  };
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
  return { ...access, value: { rights } };
}
