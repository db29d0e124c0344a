// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { skip, verdictOf } from '#model/finding.ts';

const FORWARDING = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;

/** Finds nodes whose kernel does not forward: it drops every packet that is for a pod and not for itself. */
export const check: NodeCheck<'nodes' | 'netConf', 'sysctls'> = {
  id: 'ip-forward-off',
  title: 'IP forwarding is off',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['sysctls'] },
  messages: {
    off: '{node} does not forward IPv{family} packets ({sysctl} is 0), so its pods reach no pod on another node, and none there reaches them.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, atCluster, atNode }) {
    const asked = enabledFamilies(cluster.netConf).map((family) => ({
      family,
      sysctl: FORWARDING[family],
      value: facts.sysctls[FORWARDING[family]],
    }));
    const off = asked.filter(({ value }) => value === 0);
    const unread = asked.find(({ value }) => value === undefined);
    if (off.length === 0 && unread !== undefined) {
      return skip(`The node gave no value of ${unread.sysctl}.`);
    }
    return verdictOf(
      off.map(({ family, sysctl }) => ({
        messageId: 'off',
        data: { family, sysctl },
        breaks: 'node',
        object: `sysctl ${sysctl}`,
        expected: `${sysctl} = 1`,
        observed: `${sysctl} = 0`,
        evidence: [atNode('sysctls', sysctl), atCluster('netConf', family === 4 ? 'ipv4' : 'ipv6')],
      })),
    );
  },
};
