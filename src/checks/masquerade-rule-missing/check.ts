// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { masquerades } from '#expected/masquerade.ts';
import { noIpv4Network } from '#expected/network-unknown.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';
import type { SubnetEnv } from '#model/kernel.ts';
import { formatCidr, parseCidr } from '#model/net/cidr.ts';

/** Finds nodes without flannel's masquerade rule: what pods send out of the cluster finds no way back. */
export const check: NodeCheck<'nodes' | 'netConf', 'subnetEnv' | 'natRules' | 'routes'> = {
  id: 'masquerade-rule-missing',
  title: 'Masquerade rule of flannel is missing',
  scope: 'node',
  stability: 'stable',
  severity: 'warning',
  needs: { cluster: ['nodes', 'netConf'], node: ['subnetEnv', 'natRules', 'routes'] },
  awaitsFlanneld: true,
  messages: {
    iptables:
      '{node} does not masquerade what its pods send out of the cluster, so they get no answer from outside. Traffic between pods is not touched. Flannel looks every few seconds and puts the rule back: if this stays, something keeps it from doing so.',
    nftables:
      '{node} does not masquerade what its pods send out of the cluster, so they get no answer from outside. Traffic between pods is not touched. In nftables mode flannel writes the rule only when it starts.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, atCluster, atNode }) {
    const { netConf } = cluster;
    const { subnetEnv, natRules, routes } = facts;
    const { nftables } = netConf;
    const network =
      netConf.ipv4 && netConf.network !== undefined ? parseCidr(netConf.network) : undefined;
    if (network === undefined) return skip(noIpv4Network(netConf));
    const unwanted = notWanted(subnetEnv);
    if (unwanted !== undefined) return skip(unwanted);
    if (nftables && natRules.flannelTable === undefined) {
      return skip('The nftables table of flannel could not be read.');
    }
    if (masquerades(natRules, routes, { network, nftables })) return PASS;
    const range = formatCidr(network);
    return verdictOf([
      {
        messageId: nftables ? 'nftables' : 'iptables',
        data: {},
        breaks: 'none',
        object: nftables ? 'table ip flannel-ipv4' : 'chain FLANNEL-POSTRTG',
        expected: nftables
          ? `ip saddr ${range} ip daddr != 224.0.0.0/4 masquerade`
          : `-A FLANNEL-POSTRTG -s ${range} ! -d 224.0.0.0/4 -j MASQUERADE`,
        observed: 'nothing',
        evidence: [
          atNode('natRules', nftables ? 'flannelTable' : 'rules'),
          atNode('subnetEnv', 'ipMasq'),
          atCluster('netConf', 'network'),
        ],
      },
    ]);
  },
};

/** Why no rule is expected: flanneld leaves what it was told in subnet.env. */
function notWanted(subnetEnv: SubnetEnv | null): string | undefined {
  if (subnetEnv?.ipMasq === undefined) {
    return 'Without subnet.env nobody knows whether flannel is to masquerade.';
  }
  return subnetEnv.ipMasq ? undefined : 'flanneld runs without --ip-masq.';
}
