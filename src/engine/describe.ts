// SPDX-License-Identifier: Apache-2.0

import { judgedFacts } from '#engine/judged-facts.ts';
import { isReady } from '#expected/node-objects.ts';
import type { FlannelWorkload, NetConf, NodeObject } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { Fact } from '#model/fact.ts';
import { NODE_FACT_NAMES, type NodeFactRecord, type Snapshot } from '#model/snapshot.ts';
import type { ReportCluster, ReportNode } from '#report/report.ts';

/** What the report says of the cluster as such. */
export function describeCluster(snapshot: Snapshot): ReportCluster {
  const identity = valueOf(snapshot.cluster.identity);
  const flannel = valueOf(snapshot.cluster.flannel);
  const netConf = valueOf(judgedFacts(snapshot).netConf);
  return definedFields({
    uid: identity?.uid,
    version: identity?.version,
    context: identity?.context ?? '',
    server: identity?.server ?? '',
    flannel: flannel && describeFlannel(flannel, netConf),
  });
}

function describeFlannel(
  flannel: FlannelWorkload,
  netConf: NetConf | undefined,
): NonNullable<ReportCluster['flannel']> {
  const daemonSet = flannel.kind === 'daemonset' ? flannel : undefined;
  return definedFields({
    kind: flannel.kind,
    namespace: daemonSet?.namespace,
    name: daemonSet?.name,
    version: daemonSet?.version,
    backend: netConf?.backendType,
  });
}

/** What the report says of each node: who it is, how it was read, and what was not. */
export function describeNodes(snapshot: Snapshot): readonly ReportNode[] {
  const nodes = valueOf(snapshot.cluster.nodes) ?? [];
  return nodes.map((node) => describeNode(node, snapshot.nodes[node.name]));
}

function describeNode(node: NodeObject, record: NodeFactRecord | undefined): ReportNode {
  const facts = record === undefined ? [] : NODE_FACT_NAMES.map((name) => record[name]);
  const readBy = facts.find((fact) => fact.state === 'observed' && fact.origin !== undefined);
  const unread = new Set(facts.flatMap((fact) => (fact.state === 'absent' ? [fact.detail] : [])));
  return definedFields({
    name: node.name,
    ready: isReady(node),
    podCIDRs: node.podCIDRs,
    internalIPs: node.internalIPs,
    os: node.os,
    controlPlane: node.controlPlane,
    readBy: readBy?.state === 'observed' ? readBy.origin : undefined,
    unread: [...unread],
  });
}

function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.state === 'observed' ? fact.value : undefined;
}
