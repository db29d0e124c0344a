// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { CNI_BRIDGE } from '#expected/cni-bridge.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { findLink } from '#expected/vxlan-link.ts';
import { PASS, type Finding, skip, verdictOf } from '#model/finding.ts';

const CALLS = {
  4: 'net.bridge.bridge-nf-call-iptables',
  6: 'net.bridge.bridge-nf-call-ip6tables',
} as const;

/** Always there in a kernel: without it, no setting at all was read. */
const CONTROL = 'net.ipv4.ip_forward';

/** Finds nodes where packets between two pods of the node pass the bridge without iptables: Services break there. */
export const check: NodeCheck<'nodes' | 'netConf', 'links' | 'sysctls'> = {
  id: 'bridge-netfilter-off',
  title: 'Packets on the bridge of the pods bypass iptables',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links', 'sysctls'] },
  messages: {
    off: '{node} does not pass IPv{family} packets on its bridge to iptables ({sysctl} is 0). A pod that reaches a Service by way of a pod on {node} itself gets answers from a wrong address, so such connections fail.',
    missing:
      'The kernel module br_netfilter is not loaded on {node}. A pod that reaches a Service by way of a pod on {node} itself gets answers from a wrong address, so such connections fail.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, atCluster, atNode }) {
    const { sysctls } = facts;
    const families = enabledFamilies(cluster.netConf);
    const off = families.filter((family) => sysctls[CALLS[family]] === 0);
    const unread = families.map((family) => CALLS[family]).find((name) => !(name in sysctls));
    if (off.length === 0) {
      if (unread === undefined) return PASS;
      // The module brings both settings, so one without the other was not read.
      const isMissing = Object.values(CALLS).every((name) => !(name in sysctls));
      if (!isMissing || sysctls[CONTROL] === undefined) {
        return skip(`The node gave no value of ${unread}.`);
      }
    }
    const bridge = findLink(facts.links, CNI_BRIDGE);
    if (bridge === undefined) {
      return skip(`The node has no ${CNI_BRIDGE}: no bridge joins its pods.`);
    }
    const proof = [atNode('links', bridge.index), atCluster('netConf')];
    const found = off.map((family): Finding => {
      const sysctl = CALLS[family];
      return {
        messageId: 'off',
        data: { family, sysctl },
        breaks: 'none',
        object: `sysctl ${sysctl}`,
        expected: `${sysctl} = 1`,
        observed: `${sysctl} = 0`,
        evidence: [atNode('sysctls', sysctl), ...proof],
      };
    });
    if (found.length > 0 || unread === undefined) return verdictOf(found);
    return verdictOf([
      {
        messageId: 'missing',
        data: {},
        breaks: 'none',
        object: `sysctl ${unread}`,
        expected: `${unread} = 1`,
        observed: 'nothing',
        evidence: [atNode('sysctls'), ...proof],
      },
    ]);
  },
};
