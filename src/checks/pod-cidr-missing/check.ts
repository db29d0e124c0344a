// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { isRecent } from '#expected/elapsed-time.ts';
import { maybeOutsideFlannel, outsideFlannel } from '#expected/flannel-scheduling.ts';
import { findNode } from '#expected/node-objects.ts';
import { familiesWithoutPodCidr } from '#expected/pod-cidrs.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

/** The controller-manager assigns a range soon after a node is registered. */
const GRACE_SECONDS = 120;

/** Finds nodes without a pod range for each family in use: flanneld does not start on them. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf'> = {
  id: 'pod-cidr-missing',
  title: 'Node without a pod range',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: [] },
  messages: {
    none: '{node} has no pod range, so flanneld gives up at its start there: no new pod on {node} gets an address, and the other nodes do not know it.',
    family:
      'net-conf asks for {families}, of which {node} has no pod range, so flanneld gives up at its start there: no new pod on {node} gets an address, and the other nodes do not know it.',
  },
  notApplicable: ({ cluster, node }) =>
    outsideFlannel(cluster, node) ?? maybeOutsideFlannel(cluster, node),
  run({ cluster, now, node, atCluster }) {
    const { object, index } = findNode(cluster.nodes, node);
    const missing = familiesWithoutPodCidr(cluster.netConf, object);
    if (missing === undefined) return PASS;
    if (isRecent(now, object.createdAt, GRACE_SECONDS)) {
      return skip('The node was added less than 2 minutes ago: its pod range may still come.');
    }
    const families = missing.map((family) => `IPv${String(family)}`).join(' and ');
    return verdictOf([
      {
        messageId: object.podCIDRs.length === 0 ? 'none' : 'family',
        data: { families },
        breaks: 'node',
        object: 'podCIDRs',
        expected: `a range for ${families}`,
        observed: object.podCIDRs.length === 0 ? 'nothing' : object.podCIDRs.join(', '),
        evidence: [
          atCluster('nodes', index, 'podCIDRs'),
          ...missing.map((family) => atCluster('netConf', family === 4 ? 'ipv4' : 'ipv6')),
        ],
      },
    ]);
  },
};
