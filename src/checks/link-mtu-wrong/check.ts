// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { notVxlan, vxlanLinksAbsent } from '#expected/vxlan-applicability.ts';
import { expectedVxlanMtu, findLink, presentVxlanLinks } from '#expected/vxlan-link.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds vxlan links of flannel whose MTU does not fit the link below, or is not what net-conf.json asks for. */
export const check: NodeCheck<'nodes' | 'netConf', 'links'> = {
  id: 'link-mtu-wrong',
  title: 'MTU of the vxlan link is wrong',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'netConf'], node: ['links'] },
  messages: {
    larger:
      '{link} on {node} takes packets of up to {observed} bytes where {expected} is right. Larger ones are fragmented or lost on the way: small requests work, big answers hang.',
    smaller:
      '{link} on {node} takes packets of up to {observed} bytes only where {expected} is right. Traffic flows, but slower than it could.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster: { netConf }, facts: { links }, atCluster, atNode }) {
    const absent = vxlanLinksAbsent(netConf, links);
    if (absent !== undefined) return skip(absent);
    const judged = presentVxlanLinks(netConf, links).flatMap((found) => {
      const mtu = expectedVxlanMtu(netConf, links, found);
      return mtu === undefined ? [] : [{ ...found, mtu }];
    });
    if (judged.length === 0) {
      return skip('Neither net-conf.json nor the link below tells which MTU is right.');
    }
    return verdictOf(
      judged
        .filter(({ link, mtu }) => link.mtu !== mtu)
        .map(({ link, index, mtu }) => {
          const lower = findLink(links, link.vxlan?.lowerLink ?? '');
          return {
            messageId: link.mtu > mtu ? 'larger' : 'smaller',
            data: { link: link.name, expected: mtu, observed: link.mtu },
            breaks: 'none',
            object: `link ${link.name}`,
            expected: `${link.name} mtu ${String(mtu)}`,
            observed: `${link.name} mtu ${String(link.mtu)}`,
            evidence: [
              atNode('links', index, 'mtu'),
              ...(netConf.mtu === undefined ? [] : [atCluster('netConf', 'mtu')]),
              ...(lower === undefined ? [] : [atNode('links', lower.index, 'mtu')]),
            ],
          };
        }),
    );
  },
};
