// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { fdbText } from '#expected/notation.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { compareFdb } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds peers whose MAC a node's vxlan link has no destination for: the kernel drops such frames. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes' | 'fdb'> = {
  id: 'fdb-entry-missing',
  title: 'FDB entry of a peer is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes', 'fdb'] },
  judgesPairs: ['vxlan'],
  awaitsFlanneld: true,
  messages: {
    missing:
      '{node} does not know where to send frames for {mac}, the MAC of {peer}, and drops them, so its pods reach no pod there.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    const plan = vxlanPlan(cluster);
    return verdictOf(
      compareFdb(node, plan, facts.fdb, facts.routes).missing.map((peer) => ({
        messageId: 'missing',
        data: { mac: peer.vtepMac },
        breaks: 'pair',
        peer: peer.node,
        object: `fdb ${peer.vtepMac}`,
        expected: fdbText(peer),
        observed: 'nothing',
        evidence: [atNode('fdb'), atCluster('nodes', peer.nodeIndex, 'flannelAnnotations')],
      })),
    );
  },
};
