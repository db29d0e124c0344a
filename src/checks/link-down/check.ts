// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import {
  familiesText,
  flannelLinksAbsent,
  noFlannelLink,
  presentFlannelLinks,
} from '#expected/flannel-link.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds links of flannel that are administratively down, one finding per link. */
export const check: NodeCheck<'nodes' | 'netConf', 'links'> = {
  id: 'link-down',
  title: 'Link of flannel is down',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links'] },
  judgesPairs: ['vxlan', 'ipip'],
  messages: {
    down: '{link} on {node} is down, so the pods there reach no pod on another node over IPv{family} and none reaches them. Setting it up again does not bring its routes and neighbours back.',
    recovering:
      '{link} on {node} is down, so the pods there reach no pod on another node over IPv{family} and none reaches them. Once it is up again, flanneld brings its routes back within 10 seconds.',
  },
  notApplicable: ({ cluster, node }) => noFlannelLink(cluster, node),
  run({ cluster, facts, atNode }) {
    const absent = flannelLinksAbsent(cluster.netConf, facts.links);
    if (absent !== undefined) return skip(absent);
    return verdictOf(
      presentFlannelLinks(cluster.netConf, facts.links)
        .filter(({ link }) => !link.up)
        .map(({ expected: { name, families }, index }) => ({
          messageId: cluster.netConf.backendType === 'ipip' ? 'recovering' : 'down',
          data: { link: name, family: familiesText(families) },
          breaks: 'node',
          object: `link ${name}`,
          expected: `${name} UP`,
          observed: `${name} DOWN`,
          evidence: [atNode('links', index, 'up')],
        })),
    );
  },
};
