// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { type AbsentFact, absent } from '#model/fact.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import { isK3sNode } from '#collectors/net-conf/k3s-net-conf.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { DebugCapability } from '#sources/node-access/debug-pod/debug-pod-manifest.ts';
import { debugPodShell } from '#sources/node-access/debug-pod/debug-pod-shell.ts';
import { flannelShell, neighbourShell } from '#sources/node-access/exec/exec-shell.ts';
import { type Layer, layeredAccess } from '#sources/node-access/layered-access.ts';
import type { NodeAccess } from '#sources/node-access/node-access.ts';
import type { NodeShell } from '#sources/node-access/node-shell.ts';

/** Leave to make pods in the cluster, for nodes that cannot be read without. */
export interface DebugPodRequest {
  /** Where they are made; absent: where flannel's pods are, or in kube-system when there are none. */
  readonly namespace?: string | undefined;
  /** Absent: an image that each node has already. */
  readonly image?: string | undefined;
}

/** How nodes may be entered. */
export interface WayOptions {
  /** Milliseconds. */
  readonly nodeTimeoutMs: number;
  /** Absent: no pod is ever made. */
  readonly debugPods?: DebugPodRequest | undefined;
}

/** Where debug pods are made unless somebody names a namespace. */
export function debugNamespaceOf(
  request: DebugPodRequest,
  flannelNamespace: string | undefined,
): string {
  return request.namespace ?? flannelNamespace ?? 'kube-system';
}

/** The ways into the cluster's nodes, or why there is none. */
export function chooseWays(
  connection: KubernetesConnection,
  cluster: Pick<ClusterFactRecord, 'nodes' | 'flannel' | 'flannelPods'>,
  options: WayOptions,
): NodeAccess | AbsentFact {
  const inPods = execLayers(connection, cluster, options);
  if (options.debugPods === undefined && 'state' in inPods) return inPods;
  const layers = 'state' in inPods ? [] : inPods;
  return layeredAccess([...layers, ...debugLayers(connection, cluster, options)]);
}

function execLayers(
  connection: KubernetesConnection,
  { nodes, flannel, flannelPods }: Pick<ClusterFactRecord, 'nodes' | 'flannel' | 'flannelPods'>,
  { nodeTimeoutMs }: WayOptions,
): readonly Layer[] | AbsentFact {
  if (flannel.state === 'absent') return absent(flannel.reason, noWay(flannel.detail));
  if (flannel.value.kind === 'embedded') {
    const isK3s = nodes.state === 'observed' && nodes.value.some(isK3sNode);
    const place = isK3s ? 'inside k3s' : 'outside of pods';
    return absent(
      'unsupported',
      `Flannel runs ${place}: there is no flannel pod to run commands in, so the kernels of the nodes are unknown. With --allow-debug-pods they are read by short-lived pods.`,
    );
  }
  if (flannelPods.state === 'absent') return absent(flannelPods.reason, noWay(flannelPods.detail));
  const { container } = flannel.value;
  const shellOptions = { connection, container, pods: flannelPods.value, nodeTimeoutMs };
  const neighbour = neighbourShell(shellOptions);
  return [
    { shell: flannelShell(shellOptions), hasOtherTools: false },
    ...(neighbour === undefined ? [] : [{ shell: neighbour, hasOtherTools: true }]),
  ];
}

function debugLayers(
  connection: KubernetesConnection,
  cluster: Pick<ClusterFactRecord, 'flannel'>,
  options: WayOptions,
): readonly Layer[] {
  const shell = debugShell(connection, cluster, options);
  if (shell === undefined) return [];
  // Flannel's own image has in a pod of its own what it has in flannel's.
  return [{ shell, hasOtherTools: options.debugPods?.image !== undefined }];
}

/** The way by pods of its own, with some capabilities; undefined without the leave to make any. */
export function debugShell(
  connection: KubernetesConnection,
  { flannel }: Pick<ClusterFactRecord, 'flannel'>,
  { debugPods, nodeTimeoutMs }: WayOptions,
  capabilities?: readonly DebugCapability[],
): NodeShell | undefined {
  if (debugPods === undefined) return undefined;
  const set =
    flannel.state === 'observed' && flannel.value.kind === 'daemonset' ? flannel.value : undefined;
  const { image } = debugPods;
  return debugPodShell({
    connection,
    namespace: debugNamespaceOf(debugPods, set?.namespace),
    ...(image !== undefined && { image }),
    ...(set !== undefined && { flannelImage: set.image }),
    nodeTimeoutMs,
    ...(capabilities !== undefined && { capabilities }),
  });
}

function noWay(detail: string): string {
  return `No way into the node. ${detail}`;
}

/** Why a node cannot be read whatever the way; undefined when it can. */
export function unreadable(node: NodeObject | undefined): AbsentFact | undefined {
  return node?.os === 'windows'
    ? absent('unsupported', 'The node runs Windows; only Linux nodes are read.')
    : undefined;
}
