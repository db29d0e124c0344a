// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { annotationKey, leaseOfNode } from '#expected/subnet-leases.ts';
import { notVxlan, vxlanLinksAbsent } from '#expected/vxlan-applicability.ts';
import { presentVxlanLinks } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';

/**
 * Finds nodes whose vxlan link has another MAC than they announce. Peers address frames to the announced MAC, and
 * the link takes only those for its own. flanneld compares the two at its start alone.
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links'> = {
  id: 'vtep-mac-mismatch',
  title: 'MAC of the vxlan link differs from the announced one',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links'] },
  messages: {
    mismatch:
      '{node} announces {announced}, but its {link} has {mac}: every other node sends to a MAC that {node} does not have, and {node} drops it all.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster: { nodes, flannel, netConf }, facts, node, atCluster, atNode }) {
    const absent = vxlanLinksAbsent(netConf, facts.links);
    if (absent !== undefined) return skip(absent);
    const lease = leaseOfNode(nodes, flannel, node);
    const judged = presentVxlanLinks(netConf, facts.links).flatMap(({ expected, link, index }) => {
      const announced = (expected.family === 4 ? lease?.v4 : lease?.v6)?.vtepMac;
      const { mac } = link;
      if (lease === undefined || announced === undefined || mac === undefined) return [];
      return [{ expected, index, nodeIndex: lease.index, announced, mac }];
    });
    if (judged.length === 0) {
      return skip('The node announces no readable MAC, or the link has none to compare.');
    }
    return verdictOf(
      judged
        .filter(({ announced, mac }) => announced !== mac)
        .map(({ expected: { name, family }, index, nodeIndex, announced, mac }) => {
          const suffix = family === 4 ? 'backend-data' : 'backend-v6-data';
          const key = annotationKey(flannel.annotationPrefix, suffix);
          return {
            messageId: 'mismatch',
            data: { announced, link: name, mac },
            breaks: 'node',
            object: `link ${name}`,
            expected: `${name} link/ether ${announced}`,
            observed: `${name} link/ether ${mac}`,
            evidence: [
              atNode('links', index, 'mac'),
              atCluster('nodes', nodeIndex, 'flannelAnnotations', key),
            ],
          };
        }),
    );
  },
};
