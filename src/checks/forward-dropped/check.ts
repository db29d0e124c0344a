// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { forwardFate, packetRuleText } from '#expected/forward-fate.ts';
import { noIpv4Network } from '#expected/network-unknown.ts';
import { namesText, shortText } from '#expected/short-text.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';

/** Finds nodes whose FORWARD chain drops what pods of different nodes send each other. */
export const check: NodeCheck<'nodes' | 'netConf', 'filterRules'> = {
  id: 'forward-dropped',
  title: 'Packet filter drops the packets of pods',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['filterRules'] },
  messages: {
    rule: 'A rule in the chain FORWARD of {node} drops every new connection between pods, ahead of any rule that accepts it. Pods on {node} reach no pod on another node, and none there reaches them.',
    policy:
      'The chain FORWARD of {node} drops what no rule accepts, and no rule accepts packets of {network}. Pods on {node} reach no pod on another node, and none there reaches them.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, atCluster, atNode }) {
    const { netConf } = cluster;
    const network =
      netConf.ipv4 && netConf.network !== undefined ? parseCidr(netConf.network) : undefined;
    if (network === undefined) return skip(noIpv4Network(netConf));
    const { filterRules } = facts;
    const fate = forwardFate(filterRules, network);
    if (fate.fate === 'accepted') return PASS;
    if (fate.fate === 'unseen') {
      return skip(
        `FORWARD accepts packets of pods, and nftables asks ${namesText(fate.tables.map((table) => `\`${table}\``))} as well, where rules are not read.`,
      );
    }
    const rule = fate.index === undefined ? undefined : filterRules.rules[fate.index];
    if (fate.fate === 'unclear') {
      const text = rule === undefined ? '' : shortText(packetRuleText(rule));
      return skip(`FORWARD drops at its end, and \`${text}\` may accept packets of pods first.`);
    }
    return verdictOf([
      {
        messageId: rule === undefined ? 'policy' : 'rule',
        data: { network: formatCidr(network) },
        breaks: 'node',
        object: 'chain FORWARD',
        expected: `-A FLANNEL-FWD -s ${formatCidr(network)} -j ACCEPT`,
        observed: rule === undefined ? '-P FORWARD DROP' : shortText(packetRuleText(rule)),
        evidence: [
          fate.index === undefined
            ? atNode('filterRules', 'policy')
            : atNode('filterRules', 'rules', fate.index),
          atCluster('netConf', 'network'),
        ],
      },
    ]);
  },
};
