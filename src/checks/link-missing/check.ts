// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { expectedFlannelLinks, familiesText, noFlannelLink } from '#expected/flannel-link.ts';
import { findLink } from '#expected/vxlan-link.ts';
import { verdictOf } from '#model/finding.ts';

/** Finds nodes without flannel's link, one finding per link: vxlan and wireguard have one per address family. */
export const check: NodeCheck<'nodes' | 'netConf', 'links'> = {
  id: 'link-missing',
  title: 'Link of flannel is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links'] },
  judgesPairs: ['vxlan', 'ipip'],
  awaitsFlanneld: true,
  messages: {
    missing:
      '{node} has no {link}, and with it no way to the pods of any other node over IPv{family}.',
  },
  notApplicable: ({ cluster, node }) => noFlannelLink(cluster, node),
  run({ cluster, facts, atCluster, atNode }) {
    return verdictOf(
      expectedFlannelLinks(cluster.netConf)
        .filter(({ name }) => findLink(facts.links, name) === undefined)
        .map((link) => ({
          messageId: 'missing',
          data: { link: link.name, family: familiesText(link.families) },
          breaks: 'node',
          object: `link ${link.name}`,
          expected: link.text,
          observed: 'nothing',
          evidence: [atNode('links'), atCluster('netConf', 'backendType')],
        })),
    );
  },
};
