// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { flannelLinksAbsent, noFlannelLink, presentFlannelLinks } from '#expected/flannel-link.ts';
import { expectedLinkMtu, lowerLinkOf } from '#expected/tunnel-mtu.ts';
import { skip, verdictOf } from '#model/finding.ts';

/** Finds links of flannel whose MTU does not fit the link below, or is not what net-conf.json asks for. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'addresses'> = {
  id: 'link-mtu-wrong',
  title: "MTU of flannel's link is wrong",
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'addresses'] },
  messages: {
    larger:
      '{link} on {node} takes packets of up to {observed} bytes where {expected} is right. Larger ones are fragmented or lost on the way: small requests work, big answers hang.',
    smaller:
      '{link} on {node} takes packets of up to {observed} bytes only where {expected} is right. Traffic flows, but slower than it could.',
  },
  notApplicable: ({ cluster, node }) => noFlannelLink(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const { netConf } = cluster;
    const { links } = facts;
    const absent = flannelLinksAbsent(netConf, links);
    if (absent !== undefined) return skip(absent);
    const judged = presentFlannelLinks(netConf, links).flatMap((found) => {
      const mtu = expectedLinkMtu(cluster, node, facts, found.link.name);
      return mtu === undefined ? [] : [{ ...found, mtu }];
    });
    if (judged.length === 0) {
      return skip('Neither net-conf.json nor the link below tells which MTU is right.');
    }
    return verdictOf(
      judged
        .filter(({ link, mtu }) => link.mtu !== mtu)
        .map(({ link, index, mtu }) => {
          const lower = lowerLinkOf(cluster, node, facts, link);
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
