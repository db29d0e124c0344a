// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { findNode, isBeingRemoved } from '#expected/node-objects.ts';
import { shortText } from '#expected/short-text.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const NODE_GRACE_SECONDS = 120;
/** Time in which an autoscaler deletes the Node of a machine that it has ended. */
const REMOVAL_SECONDS = 600;

/** Finds nodes that the cluster does not take as Ready. */
export const check: NodeCheck<'nodes'> = {
  id: 'node-not-ready',
  title: 'Node is not Ready',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes'], node: [] },
  messages: {
    notReady:
      '{node} has not been Ready since {since} ({reason}). No new pod is placed there and its pods leave their Services; what the kernel holds for traffic stays.',
    silent:
      'The kubelet of {node} stopped reporting at {since} ({reason}). The node may be down; if it is up, traffic of its pods goes on, but its pods leave their Services.',
    never: '{node} has no Ready condition: its kubelet has not reported since the Node was made.',
  },
  run({ cluster, node, now, atCluster }) {
    const { object, index } = findNode(cluster.nodes, node);
    const position = object.conditions.findIndex(({ type }) => type === 'Ready');
    const ready = object.conditions[position];
    if (ready?.status === 'True') return PASS;
    // A kubelet registers its node before flannel has set up the network there, and says no until then.
    if (isRecent(now, object.createdAt, NODE_GRACE_SECONDS)) {
      return skip(
        ready === undefined
          ? 'The node is younger than 2 minutes and has not reported yet.'
          : 'The node is younger than 2 minutes and is not Ready yet.',
      );
    }
    if (ready === undefined) {
      return verdictOf([
        {
          messageId: 'never',
          data: {},
          breaks: 'none',
          object: 'condition Ready',
          expected: 'Ready=True',
          observed: 'nothing',
          evidence: [atCluster('nodes', index, 'conditions')],
        },
      ]);
    }
    if (isBeingRemoved(object) && isRecent(now, ready.lastTransitionAt ?? '', REMOVAL_SECONDS)) {
      return skip('An autoscaler is removing the node.');
    }
    const reason = shortText(ready.reason ?? 'no reason given');
    const since = ready.lastTransitionAt ?? 'an unknown time';
    return verdictOf([
      {
        messageId: ready.status === 'Unknown' ? 'silent' : 'notReady',
        data: { reason, since },
        breaks: 'none',
        object: 'condition Ready',
        expected: 'Ready=True',
        observed: `Ready=${ready.status}, ${reason}, since ${since}`,
        evidence: [atCluster('nodes', index, 'conditions', position)],
      },
    ]);
  },
};
