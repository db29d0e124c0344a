// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { countText } from '#expected/short-text.ts';
import { strictlyDropped } from '#expected/reverse-path.ts';
import { notVxlan, vxlanLinkUnusable } from '#expected/vxlan-applicability.ts';
import { vxlanLinkName, vxlanPlan } from '#expected/vxlan-plan.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';

const ALL = 'net.ipv4.conf.all.rp_filter';
const STRICT = 1;

/** Finds nodes that drop what arrives through flannel's link, because their way back to its sender is another one. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'routes' | 'sysctls'> = {
  id: 'reverse-path-filter-strict',
  title: 'Strict reverse path filter drops packets of pods',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'routes', 'sysctls'] },
  messages: {
    drops:
      '{node} filters {link} by strict reverse path (rp_filter is 1) and has its way back to {peers} on another link. It drops what pods there send to pods on {node} through the tunnel, without a trace.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    if (!cluster.netConf.ipv4) return skip('The kernel has a reverse path filter for IPv4 only.');
    const unusable = vxlanLinkUnusable(cluster.netConf, facts.links);
    if (unusable !== undefined) return skip(unusable);
    const link = vxlanLinkName(cluster.netConf, 4);
    const own = `net.ipv4.conf.${link.replaceAll('.', '/')}.rp_filter`;
    const values = [ALL, own].flatMap((name) => facts.sysctls[name] ?? []);
    if (values.length < 2) return skip(`The node gave no value of ${ALL} or ${own}.`);
    // The kernel takes the larger of the two (Linux: ip-sysctl, rp_filter).
    if (Math.max(...values) !== STRICT) return PASS;
    const dropped = strictlyDropped(node, vxlanPlan(cluster), facts.routes);
    const [first] = dropped;
    if (first === undefined) return PASS;
    return verdictOf([
      {
        messageId: 'drops',
        data: {
          link,
          peers: dropped.length === 1 ? first.peer.node : countText(dropped.length, 'node'),
        },
        breaks: 'none',
        object: `sysctl ${own}`,
        expected: `rp_filter = 2 (loose) or 0 on ${link}`,
        observed: `rp_filter = 1 (strict) on ${link}; ${first.route.dst} dev ${first.route.link ?? ''}`,
        evidence: [
          atNode('sysctls', own),
          atNode('sysctls', ALL),
          ...dropped.slice(0, 10).map(({ index }) => atNode('routes', index)),
          atCluster('nodes', first.peer.nodeIndex, 'podCIDRs'),
        ],
      },
    ]);
  },
};
