// SPDX-License-Identifier: Apache-2.0

import { findNode } from '#expected/node-objects.ts';
import { annotationKey } from '#expected/subnet-leases.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type {
  FlannelDaemonSet,
  FlannelWorkload,
  NodeObject,
  Taint,
  Toleration,
} from '#model/cluster.ts';

/** Whether flannel's DaemonSet has to run a pod on a node; `reason` is one plain sentence. */
export type FlannelPlacement =
  { readonly runs: 'yes' } | { readonly runs: 'no' | 'unknown'; readonly reason: string };

/**
 * What the DaemonSet controller tolerates for every pod on the host's network
 * (kubernetes@v1.34:pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations).
 */
const CONTROLLER_TOLERATIONS: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((taint) => nodeToleration(taint, 'NoExecute')),
  ...[
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
    'network-unavailable',
  ].map((taint) => nodeToleration(taint, 'NoSchedule')),
];

function nodeToleration(taint: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${taint}`, operator: 'Exists', effect };
}

/** Whether the DaemonSet has to run a pod on the node, by its node selector, node affinity and tolerations. */
export function flannelPlacement(daemonSet: FlannelDaemonSet, node: NodeObject): FlannelPlacement {
  const { nodeSelector, affinityOs, tolerations, hasUnevaluatedAffinity } = daemonSet;
  const selector = Object.entries(nodeSelector);
  const names = selector.length + affinityOs.length + tolerations.length;
  // Every manifest names something: with nothing at all the template was not read.
  if (names === 0 && !hasUnevaluatedAffinity) {
    return unknown("How flannel's DaemonSet is scheduled could not be read.");
  }
  if (selector.some(([key, value]) => node.labels[key] !== value)) {
    return no("The node selector of flannel's DaemonSet leaves the node out.");
  }
  if (affinityOs.length > 0 && !affinityOs.includes(node.os)) {
    return no(`The node affinity of flannel's DaemonSet leaves out nodes that run ${node.os}.`);
  }
  const taint = node.taints.find((each) => keepsOut(each, tolerations));
  if (taint !== undefined) {
    return no(`Flannel's DaemonSet does not tolerate the taint ${taint.key}:${taint.effect}.`);
  }
  return hasUnevaluatedAffinity
    ? unknown("Flannel's DaemonSet has a node affinity that is not evaluated.")
    : { runs: 'yes' };
}

/**
 * Why flannel has no business on a node, one plain sentence: it has no Linux of its own, or flannel cannot run there
 * and left no annotation of its own. Undefined when flannel has to be there, once was, or may be.
 */
export function outsideFlannel(facts: SchedulingFacts, name: string): string | undefined {
  return notFlannelNode(facts.nodes, name) ?? unannounced(facts, name, 'no');
}

/**
 * The nodes that flannel joins: those with Linux that it runs on, may run on, or once ran on.
 *
 * @param flannel absent: nobody knows where it runs, so every one with Linux counts
 */
export function flannelNodes(
  nodes: readonly NodeObject[],
  flannel?: FlannelWorkload,
): readonly NodeObject[] {
  return nodes.filter(({ name }) => {
    const outside =
      flannel === undefined
        ? notFlannelNode(nodes, name)
        : outsideFlannel({ nodes, flannel }, name);
    return outside === undefined;
  });
}

/** Why nobody knows whether flannel has to be on a node that announces nothing; undefined when it is known. */
export function maybeOutsideFlannel(facts: SchedulingFacts, name: string): string | undefined {
  return unannounced(facts, name, 'unknown');
}

interface SchedulingFacts {
  readonly nodes: readonly NodeObject[];
  readonly flannel: FlannelWorkload;
}

function unannounced(
  { nodes, flannel }: SchedulingFacts,
  name: string,
  runs: 'no' | 'unknown',
): string | undefined {
  const { object: node } = findNode(nodes, name);
  if (flannel.kind !== 'daemonset' || hasLeaseAnnotation(node, flannel)) return undefined;
  const placement = flannelPlacement(flannel, node);
  return placement.runs === runs ? placement.reason : undefined;
}

function hasLeaseAnnotation(node: NodeObject, { annotationPrefix }: FlannelWorkload): boolean {
  return ['kube-subnet-manager', 'backend-type', 'backend-data', 'public-ip', 'public-ipv6'].some(
    (suffix) => node.flannelAnnotations[annotationKey(annotationPrefix, suffix)] !== undefined,
  );
}

function no(reason: string): FlannelPlacement {
  return { runs: 'no', reason };
}

function unknown(reason: string): FlannelPlacement {
  return { runs: 'unknown', reason };
}

function keepsOut(taint: Taint, tolerations: readonly Toleration[]): boolean {
  if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') return false;
  return ![...CONTROLLER_TOLERATIONS, ...tolerations].some((each) => tolerates(each, taint));
}

/** kubernetes@v1.34:staging/src/k8s.io/api/core/v1/toleration.go, ToleratesTaint. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
}
