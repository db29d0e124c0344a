// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { podCidrOverlaps } from '#expected/pod-cidrs.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds nodes whose pod ranges share addresses: a lease is known by its range alone, so only one of them is served. */
export const check: NodeCheck<'nodes'> = {
  id: 'pod-cidr-duplicate',
  title: 'Pod range shared by two nodes',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes'], node: [] },
  messages: {
    same: '{node} and {peer} have the same pod range {podCidr}, so traffic for the pods of both goes to one of them, and they do not reach each other. When either Node is deleted, every node also forgets the other.',
    overlap:
      'The pod range {podCidr} of {node} overlaps {peerPodCidr} of {peer}, so traffic for some pods goes to the wrong one of the two nodes.',
  },
  run({ cluster, node, atCluster }) {
    const { object, index } = findNode(cluster.nodes, node);
    if (object.podCIDRs.length === 0) return skip('No pod range is assigned.');
    return verdictOf(
      (podCidrOverlaps(cluster.nodes).get(node) ?? []).map(
        ({ podCidr, peer, peerIndex, peerPodCidr }) => ({
          messageId: podCidr === peerPodCidr ? 'same' : 'overlap',
          data: { podCidr, peerPodCidr },
          breaks: 'node',
          peer,
          object: `podCIDR ${podCidr}`,
          expected: `${podCidr} on ${node} alone`,
          observed: `${podCidr} on ${node}, ${peerPodCidr} on ${peer}`,
          evidence: [
            atCluster('nodes', index, 'podCIDRs'),
            atCluster('nodes', peerIndex, 'podCIDRs'),
          ],
        }),
      ),
    );
  },
};
