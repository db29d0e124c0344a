// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { countText } from '#expected/short-text.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';
import type { IptablesWorld } from '#model/kernel.ts';

/** Finds nodes with packet rules in iptables-legacy and in iptables-nft: tools of one do not see those of the other. */
export const check: NodeCheck<'nodes' | 'netConf', 'iptablesWorlds'> = {
  id: 'iptables-mixed',
  title: 'Packet rules are in both iptables-legacy and iptables-nft',
  scope: 'node',
  stability: 'preview',
  severity: 'warning',
  needs: { cluster: ['nodes', 'netConf'], node: ['iptablesWorlds'] },
  messages: {
    mixed:
      '{node} has packet rules in iptables-legacy ({legacy}) and in iptables-nft ({nft}). Packets of pods pass both, so what one accepts the other may still drop or masquerade, and a program that looks into one does not see the other.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, atNode }) {
    const { netConf } = cluster;
    if (!netConf.ipv4) return skip('Only IPv4 rules are read, and net-conf has no IPv4.');
    const { legacy, nft } = facts.iptablesWorlds;
    if (isEmpty(legacy) || nft === undefined || isEmpty(nft)) return PASS;
    return verdictOf([
      {
        messageId: 'mixed',
        data: { legacy: describe(legacy), nft: describe(nft) },
        breaks: 'none',
        object: 'chains FORWARD and POSTROUTING',
        expected: 'rules in one of iptables-legacy and iptables-nft',
        observed: `${countText(legacy.ruleCount, 'rule')} in iptables-legacy, ${countText(nft.ruleCount, 'rule')} in iptables-nft`,
        evidence: [atNode('iptablesWorlds', 'legacy'), atNode('iptablesWorlds', 'nft')],
      },
    ]);
  },
};

/** Tables without rules come into being when somebody looks at them, and do nothing. */
function isEmpty({ policy, ruleCount }: IptablesWorld): boolean {
  return ruleCount === 0 && policy === 'ACCEPT';
}

/** How many rules, whose, and what happens to what none of them decides. */
function describe({ policy, ruleCount, targets }: IptablesWorld): string {
  const owners = [
    ...(targets.some((target) => target.startsWith('FLANNEL-')) ? ['flannel'] : []),
    ...(targets.some((target) => target.startsWith('KUBE-')) ? ['kube-proxy'] : []),
  ];
  const whose =
    owners.length === 0 ? 'none of flannel or kube-proxy' : `with those of ${owners.join(' and ')}`;
  const end = policy === 'ACCEPT' ? '' : `, policy ${policy} of FORWARD`;
  return `${countText(ruleCount, 'rule')}, ${whose}${end}`;
}
