// SPDX-License-Identifier: Apache-2.0

import type { ClusterCheck } from '#checks/define-check.ts';
import { isReady } from '#expected/node-objects.ts';
import { countText, namesText } from '#expected/short-text.ts';
import type { NodeObject } from '#model/cluster.ts';
import { PASS, verdictOf } from '#model/finding.ts';

/** Fewer other nodes than this make a small cluster, in which one node for both pods is a choice like any other. */
const MIN_OTHER_NODES = 3;

/** Whether a CoreDNS pod could be placed there without a toleration of its own. */
function takesPods(node: NodeObject): boolean {
  const { os, unschedulable, taints } = node;
  return (
    os === 'linux' &&
    !unschedulable &&
    taints.every(({ effect }) => effect === 'PreferNoSchedule') &&
    isReady(node)
  );
}

/** Finds clusters whose DNS stands on one node although there are others: a risk, not a fault. */
export const check: ClusterCheck<'nodes' | 'coreDns'> = {
  id: 'coredns-on-one-node',
  title: 'All DNS pods are on one node',
  scope: 'cluster',
  stability: 'preview',
  severity: 'info',
  needs: { cluster: ['nodes', 'coreDns'] },
  messages: {
    together:
      'All {pods} of DNS that are ready run on {host}, though {others} could take one. DNS works; when {host} or its network fails, no pod of the cluster resolves a name.',
  },
  run({ cluster, atCluster }) {
    const { nodes, coreDns } = cluster;
    const ready = coreDns.pods
      .map((pod, index) => ({ pod, index }))
      .filter(({ pod }) => pod.ready && pod.deletingSince === undefined);
    const hosts = new Set(ready.map(({ pod }) => pod.nodeName));
    const [host] = hosts;
    if (ready.length < 2 || hosts.size !== 1 || host === undefined) return PASS;
    const others = nodes.filter((node) => node.name !== host && takesPods(node));
    if (others.length < MIN_OTHER_NODES) return PASS;
    return verdictOf([
      {
        messageId: 'together',
        data: {
          pods: countText(ready.length, 'pod'),
          host,
          others: countText(others.length, 'other node'),
        },
        breaks: 'none',
        object: `service ${coreDns.service}`,
        expected: 'ready pods on at least 2 nodes',
        observed: `${namesText(ready.map(({ pod }) => pod.name))} on ${host}`,
        evidence: ready.map(({ index }) => atCluster('coreDns', 'pods', index, 'nodeName')),
      },
    ]);
  },
};
