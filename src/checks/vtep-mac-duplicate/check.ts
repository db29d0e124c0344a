// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { sharedClaims } from '#expected/lease-claims.ts';
import { namesText } from '#expected/short-text.ts';
import { leaseOfNode } from '#expected/subnet-leases.ts';
import { notVxlan } from '#expected/vxlan-applicability.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds nodes that announce one VtepMAC: an FDB has one destination per MAC, so only one of them is served. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf'> = {
  id: 'vtep-mac-duplicate',
  title: 'VtepMAC shared by two nodes',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: [] },
  messages: {
    shared:
      '{node} announces the VtepMAC {vtepMac}, as do {others}. The other nodes keep one destination for it, so what is for the pods of these nodes arrives at one of them only, and they do not reach each other.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, node, atCluster }) {
    const lease = leaseOfNode(cluster.nodes, cluster.flannel, node);
    if (lease?.announced !== true) return skip('The node announces no lease.');
    return verdictOf(
      sharedClaims(cluster, lease, 'vtepMac').flatMap(({ own, value: vtepMac, others }) => {
        // One machine under two names leads to the same place: the public IP is what they share.
        const rivals = others.filter(({ part }) => part.publicIp !== own.part.publicIp);
        if (rivals.length === 0) return [];
        const named = namesText(rivals.map((rival) => rival.lease.node));
        return [
          {
            messageId: 'shared',
            data: { vtepMac, others: named },
            breaks: 'node',
            object: `VtepMAC ${vtepMac}`,
            expected: `${vtepMac} on one node`,
            observed: `${vtepMac} on ${node}, ${named}`,
            evidence: [lease, ...rivals.slice(0, 5).map((rival) => rival.lease)].map(({ index }) =>
              atCluster('nodes', index, 'flannelAnnotations'),
            ),
          },
        ];
      }),
    );
  },
};
