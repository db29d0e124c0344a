// SPDX-License-Identifier: Apache-2.0

import { memoiseByIdentity } from '#expected/memoise.ts';
import type { NodeObject } from '#model/cluster.ts';

/** A Node object and its position in the `nodes` fact, for evidence. */
export interface LocatedNode {
  readonly object: NodeObject;
  readonly index: number;
}

const byName = memoiseByIdentity(
  (nodes: readonly NodeObject[]): ReadonlyMap<string, LocatedNode> =>
    new Map(nodes.map((object, index) => [object.name, { object, index }])),
);

/** The Node object of that name; undefined when the `nodes` fact has none. */
export function nodeNamed(nodes: readonly NodeObject[], name: string): LocatedNode | undefined {
  return byName(nodes).get(name);
}

/** The Node object of a node under judgement. Throws a RangeError when the `nodes` fact has none of that name. */
export function findNode(nodes: readonly NodeObject[], name: string): LocatedNode {
  const found = nodeNamed(nodes, name);
  if (found === undefined) throw new RangeError(`The nodes fact has no node ${name}.`);
  return found;
}

/** Whether the cluster takes a node as Ready; a node without that condition is not. */
export function isReady({ conditions }: NodeObject): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Taints of a node that an autoscaler has decided to remove (cluster-autoscaler: utils/taints; karpenter: pkg/apis/v1). */
const REMOVAL_TAINTS: ReadonlySet<string> = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
]);

/** Whether an autoscaler is removing a node: its machine may end at any time, before the cluster notices. */
export function isBeingRemoved({ taints }: NodeObject): boolean {
  return taints.some(({ key, effect }) => effect === 'NoSchedule' && REMOVAL_TAINTS.has(key));
}

/** Labels and taints of nodes that another cluster, a cloud service or nothing at all stands behind. */
const VIRTUAL_LABELS: Readonly<Record<string, readonly string[]>> = {
  type: ['virtual-kubelet', 'kwok'],
  'liqo.io/type': ['virtual-node'],
};
const VIRTUAL_TAINT = /^(?:virtual-kubelet\.io|virtual-node\.[a-z0-9.-]+|kwok\.x-k8s\.io)\//;

/**
 * Whether no machine of this cluster stands behind a node, by the marks that virtual-kubelet, Liqo, interLink and kwok
 * leave: pods of DaemonSets do not run there, and there is no kernel of its own.
 */
export function isVirtual({ labels, taints }: NodeObject): boolean {
  return (
    Object.entries(VIRTUAL_LABELS).some(([key, values]) => values.includes(labels[key] ?? '')) ||
    taints.some(({ key }) => VIRTUAL_TAINT.test(key))
  );
}
