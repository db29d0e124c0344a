// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { vxlanLinkText } from '#expected/notation.ts';
import { notVxlan } from '#expected/vxlan-applicability.ts';
import { expectedVxlanLinks, findLink } from '#expected/vxlan-link.ts';
import { verdictOf } from '#model/finding.ts';

/** Finds nodes without flannel's vxlan link, one finding per address family. */
export const check: NodeCheck<'nodes' | 'netConf', 'links'> = {
  id: 'link-missing',
  title: 'Vxlan link of flannel is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links'] },
  judgesPairs: ['vxlan'],
  messages: {
    missing:
      '{node} has no {link}, and with it no way to the pods of any other node over IPv{family}.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, atCluster, atNode }) {
    return verdictOf(
      expectedVxlanLinks(cluster.netConf)
        .filter(({ name }) => findLink(facts.links, name) === undefined)
        .map((link) => ({
          messageId: 'missing',
          data: { link: link.name, family: link.family },
          breaks: 'node',
          object: `link ${link.name}`,
          expected: vxlanLinkText(link),
          observed: 'nothing',
          evidence: [atNode('links'), atCluster('netConf', 'vni')],
        })),
    );
  },
};
