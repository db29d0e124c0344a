// SPDX-License-Identifier: Apache-2.0

import { joinedNodes } from '#engine/joined-nodes.ts';
import { memoiseByIdentity } from '#expected/memoise.ts';
import { type RunningNetConf, runningNetConf } from '#expected/running-net-conf.ts';
import type { NodeReading } from '#expected/setting-drift.ts';
import { definedFields } from '#model/defined-fields.ts';
import { type Fact, absent } from '#model/fact.ts';
import { jsonPointer } from '#model/json-pointer.ts';
import type { JudgedClusterFacts, Pointer } from '#checks/define-check.ts';
import type { ClusterFactRecord, NodeFactRecord, Snapshot } from '#model/snapshot.ts';

/** The snapshot's facts without which a derived one may be unknown. */
export const DERIVED_FROM: Readonly<Record<string, readonly string[]>> = {
  netConfDrift: ['nodes', 'netConf', 'links', 'subnetEnv'],
};

/** The cluster facts that checks judge by, each observed or absent. */
export type JudgedFactRecord = {
  readonly [K in keyof JudgedClusterFacts]: Fact<JudgedClusterFacts[K]>;
};

/**
 * A snapshot's cluster facts, with net-conf as the nodes run with it in the place of the file, and beside it what
 * the two differ in. Memoised by the snapshot's identity.
 */
export const judgedFacts: (facts: Pick<Snapshot, 'cluster' | 'nodes'>) => JudgedFactRecord =
  memoiseByIdentity(({ cluster, nodes: records }: Pick<Snapshot, 'cluster' | 'nodes'>) => {
    const { nodes, flannel, netConf } = cluster;
    if (nodes.state === 'absent') return { ...cluster, netConfDrift: nodes };
    if (netConf.state === 'absent') return { ...cluster, netConfDrift: netConf };
    const readings = Object.entries(records).map(([node, record]) => reading(node, record));
    const facts = definedFields({
      nodes: nodes.value,
      flannel: valueOf(flannel),
      netConf: netConf.value,
    });
    const running = runningNetConf(facts, readings);
    return {
      ...cluster,
      netConf: { ...netConf, value: running.netConf },
      netConfDrift: driftFact(running, cluster, records),
    };
  });

function reading(node: string, record: NodeFactRecord): NodeReading {
  const { links, routes, subnetEnv, natRules } = record;
  return definedFields({
    node,
    links: valueOf(links),
    routes: valueOf(routes),
    subnetEnv: valueOf(subnetEnv),
    natRules: valueOf(natRules),
  });
}

/** Without a difference there is only something to say when more than half of the Linux nodes were read. */
function driftFact(
  { drifts }: RunningNetConf,
  { nodes, flannel, netConf }: ClusterFactRecord,
  records: Snapshot['nodes'],
): Fact<JudgedClusterFacts['netConfDrift']> {
  if (nodes.state === 'absent' || netConf.state === 'absent') return absent('not-collected', '');
  // What was derived from the nodes asks for nothing: there is no file that they could differ from.
  if (netConf.value.announced === true) {
    return { ...netConf, value: { drifts: [], mostNodesRead: true } };
  }
  const linux = joinedNodes({ nodes, flannel }).map(({ name }) => records[name]);
  const unread = linux.flatMap(
    (record) => [record?.links, record?.subnetEnv].find((fact) => fact?.state !== 'observed') ?? [],
  );
  const [gap] = unread;
  const isOpen = drifts.length === 0 && 2 * (linux.length - unread.length) <= linux.length;
  if (isOpen && gap?.state === 'absent' && gap.reason !== 'not-collected') return gap;
  return {
    ...netConf,
    value: { drifts, mostNodesRead: !isOpen || linux.length === 0 },
  };
}

function valueOf<T>(fact: Fact<T> | undefined): T | undefined {
  return fact?.state === 'observed' ? fact.value : undefined;
}

/**
 * The place of a judged cluster fact in the snapshot. What nodes run with and the file does not name has no place of
 * its own: the file as a whole is.
 */
export function judgedPointer({ netConf }: ClusterFactRecord): Pointer<string> {
  return (fact, ...path) => {
    if (fact === 'netConfDrift') return jsonPointer('cluster', 'netConf', 'value');
    const [key] = path;
    const isNamed =
      fact !== 'netConf' ||
      key === undefined ||
      (netConf.state === 'observed' && Object.hasOwn(netConf.value, key));
    return jsonPointer('cluster', fact, 'value', ...(isNamed ? path : []));
  };
}
