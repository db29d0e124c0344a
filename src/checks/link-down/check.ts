// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notVxlan, vxlanLinksAbsent } from '#expected/vxlan-applicability.ts';
import { presentVxlanLinks } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds vxlan links of flannel that are administratively down, one finding per address family. */
export const check: NodeCheck<'nodes' | 'netConf', 'links'> = {
  id: 'link-down',
  title: 'Vxlan link of flannel is down',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links'] },
  judgesPairs: ['vxlan'],
  messages: {
    down: '{link} on {node} is down, so the pods there reach no pod on another node over IPv{family} and none reaches them. Setting it up again does not bring its routes and neighbours back.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, atNode }) {
    const absent = vxlanLinksAbsent(cluster.netConf, facts.links);
    if (absent !== undefined) return skip(absent);
    return verdictOf(
      presentVxlanLinks(cluster.netConf, facts.links)
        .filter(({ link }) => !link.up)
        .map(({ expected: { name, family }, index }) => ({
          messageId: 'down',
          data: { link: name, family },
          breaks: 'node',
          object: `link ${name}`,
          expected: `${name} UP`,
          observed: `${name} DOWN`,
          evidence: [atNode('links', index, 'up')],
        })),
    );
  },
};
