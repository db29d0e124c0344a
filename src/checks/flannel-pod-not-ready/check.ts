// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf, noFlannelPod } from '#expected/flannel-pod.ts';
import { findNode, isReady } from '#expected/node-objects.ts';
import { isOnlyStarting, isPodReady, podStateText } from '#expected/pod-state.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const START_GRACE_SECONDS = 60;

/** Finds flannel pods that are there and not Ready: flanneld does not follow changes while it is down. */
export const check: NodeCheck<'nodes' | 'flannel' | 'flannelPods'> = {
  id: 'flannel-pod-not-ready',
  title: 'Flannel pod is not Ready',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'flannelPods'], node: [] },
  messages: {
    notReady:
      'The flannel pod on {node} is not Ready ({state}). Traffic goes on with what the kernel holds, but flanneld may miss changes of other nodes, and cannot repair anything, until it runs again.',
  },
  notApplicable: ({ cluster, node }) => noFlannelPod(cluster, node),
  run({ cluster, node, now, atCluster }) {
    const found = flannelPodOf(cluster.flannelPods, node);
    if (found === undefined) return skip('The node has no flannel pod.');
    const { pod, index } = found;
    if (isPodReady(pod)) return PASS;
    if (!isReady(findNode(cluster.nodes, node).object)) {
      return skip('The node itself is not Ready, so the state of its pods is not known.');
    }
    if (pod.deletingSince !== undefined) return skip('The flannel pod is being deleted.');
    if (isRecent(now, pod.createdAt, START_GRACE_SECONDS) && isOnlyStarting(pod)) {
      return skip('The flannel pod was made less than a minute ago and is starting.');
    }
    const state = podStateText(pod);
    return verdictOf([
      {
        messageId: 'notReady',
        data: { state },
        breaks: 'none',
        object: `pod ${pod.namespace}/${pod.name}`,
        expected: `${pod.name} Ready`,
        observed: state,
        evidence: [
          atCluster('flannelPods', index, 'ready'),
          atCluster('flannelPods', index, 'containers'),
        ],
      },
    ]);
  },
};
