// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { type AbsentFact, absent } from '#model/fact.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { execNodeAccess } from '#sources/node-access/exec/exec-node-access.ts';
import type { NodeAccess } from '#sources/node-access/node-access.ts';

/** The way into the cluster's nodes, or why there is none. */
export function chooseWay(
  connection: Pick<KubernetesConnection, 'exec'>,
  cluster: Pick<ClusterFactRecord, 'flannel' | 'flannelPods'>,
  nodeTimeoutMs: number,
): NodeAccess | AbsentFact {
  const { flannel, flannelPods } = cluster;
  if (flannel.state === 'absent') return absent(flannel.reason, noWay(flannel.detail));
  if (flannel.value.kind === 'embedded') {
    return absent(
      'unsupported',
      'Flannel is embedded in another program of this cluster: there is no flannel pod to run commands in.',
    );
  }
  if (flannelPods.state === 'absent') return absent(flannelPods.reason, noWay(flannelPods.detail));
  return execNodeAccess({
    connection,
    flannel: flannel.value,
    pods: flannelPods.value,
    nodeTimeoutMs,
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
