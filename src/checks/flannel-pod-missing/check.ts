// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { flannelPodOf } from '#expected/flannel-pod.ts';
import { flannelPlacement } from '#expected/flannel-scheduling.ts';
import { findNode } from '#expected/node-objects.ts';
import { podStateText } from '#expected/pod-state.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import type { FlannelWorkload } from '#model/cluster.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const NODE_GRACE_SECONDS = 120;
const DELETION_GRACE_SECONDS = 60;

/** Finds nodes on which flannel's DaemonSet has to run a pod and none is there: nothing maintains their state. */
export const check: NodeCheck<'nodes' | 'flannel' | 'flannelPods'> = {
  id: 'flannel-pod-missing',
  title: 'Flannel pod is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'flannelPods'], node: [] },
  messages: {
    missing:
      'No flannel pod runs on {node}, though {daemonSet} has to run one there. Traffic goes on with what the kernel holds, but nothing follows changes of other nodes, and after a reboot no pod on {node} can start.',
  },
  notApplicable({ cluster, node }) {
    const { nodes, flannel } = cluster;
    const unfit = notFlannelNode(nodes, node);
    if (unfit !== undefined) return unfit;
    if (flannel.kind === 'embedded') return 'Flannel runs outside pods in this cluster.';
    const placement = flannelPlacement(flannel, findNode(nodes, node).object);
    return placement.runs === 'no' ? placement.reason : undefined;
  },
  run({ cluster, node, now, atCluster }) {
    const { nodes, flannel, flannelPods } = cluster;
    const { object, index } = findNode(nodes, node);
    const found = flannelPodOf(flannelPods, node);
    if (found !== undefined && found.pod.deletingSince === undefined) return PASS;
    const placement =
      flannel.kind === 'daemonset' ? flannelPlacement(flannel, object) : { runs: 'yes' as const };
    if (placement.runs !== 'yes') return skip(placement.reason);
    if (isRecent(now, object.createdAt, NODE_GRACE_SECONDS)) {
      return skip('The node is younger than 2 minutes.');
    }
    const since = found?.pod.deletingSince;
    if (since !== undefined && isRecent(now, since, DELETION_GRACE_SECONDS)) {
      return skip('The flannel pod of the node is just being replaced.');
    }
    const daemonSet = nameOf(flannel);
    return verdictOf([
      {
        messageId: 'missing',
        data: { daemonSet },
        breaks: 'none',
        object: `pod of ${daemonSet}`,
        expected: `a pod of ${daemonSet}`,
        observed: found === undefined ? 'nothing' : podStateText(found.pod),
        evidence: [
          found === undefined ? atCluster('flannelPods') : atCluster('flannelPods', found.index),
          atCluster('flannel'),
          atCluster('nodes', index, 'taints'),
        ],
      },
    ]);
  },
};

/** Namespace and name of the DaemonSet; another kind of workload is not judged here. */
function nameOf(flannel: FlannelWorkload): string {
  return flannel.kind === 'daemonset' ? `${flannel.namespace}/${flannel.name}` : flannel.kind;
}
