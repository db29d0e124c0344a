// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { CNI_BRIDGE } from '#expected/cni-bridge.ts';
import { findNode } from '#expected/node-objects.ts';
import { podCidrOf } from '#expected/pod-cidrs.ts';
import { findLink } from '#expected/vxlan-link.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { PASS, type Finding, skip, verdictOf } from '#model/finding.ts';
import type { IpFamily, LinkAddress } from '#model/kernel.ts';
import { type Cidr, firstUsable } from '#model/net/cidr.ts';

interface Judged {
  readonly family: IpFamily;
  readonly podCidr: Cidr;
  readonly own: readonly { readonly address: LinkAddress; readonly index: number }[];
}

/** Finds bridges that have another address than the first of the node's pod range: the CNI plugin then refuses. */
export const check: NodeCheck<'nodes' | 'netConf', 'links' | 'addresses'> = {
  id: 'cni-bridge-wrong',
  title: 'Bridge of the pods has a wrong address',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links', 'addresses'] },
  messages: {
    differs:
      '{bridge} on {node} has {observed} where the pod range of {node} asks for {expected}. New pods on {node} do not start: the CNI plugin refuses a bridge with another address.',
    none: '{bridge} on {node} has no IPv{family} address, so pods on {node} have no gateway and reach nothing outside the node.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const bridge = findLink(facts.links, CNI_BRIDGE);
    // The CNI plugin makes it for the first pod.
    if (bridge === undefined) return PASS;
    const { object, index: nodeIndex } = findNode(cluster.nodes, node);
    const judged = enabledFamilies(cluster.netConf).flatMap((family): Judged[] => {
      const podCidr = podCidrOf(object, family);
      const own = facts.addresses
        .map((address, index) => ({ address, index }))
        .filter(({ address }) => isOf(address, family));
      return podCidr === undefined ? [] : [{ family, podCidr, own }];
    });
    if (judged.length === 0) return skip('The node has no pod range to compare with.');
    const findings = judged.flatMap(({ family, podCidr, own }): Finding[] => {
      const expected = firstUsable(podCidr);
      const texts = own.map(({ address }) => textOf(address));
      if (texts.includes(expected)) return [];
      // A bridge made before IPv6 was switched on gets its address with the next pod.
      if (texts.length === 0 && family === 6) return [];
      const observed = texts.length === 0 ? 'nothing' : texts.join(' ');
      return [
        {
          messageId: texts.length === 0 ? 'none' : 'differs',
          data: { bridge: CNI_BRIDGE, family, expected, observed },
          breaks: 'none',
          object: `address ${expected}`,
          expected: `${expected} dev ${CNI_BRIDGE}`,
          observed: texts.length === 0 ? 'nothing' : `${observed} dev ${CNI_BRIDGE}`,
          evidence: [
            ...own.map(({ index }) => atNode('addresses', index)),
            atNode('links', bridge.index),
            atCluster('nodes', nodeIndex, 'podCIDRs'),
          ],
        },
      ];
    });
    return verdictOf(findings);
  },
};

/** The kernel gives each link a link-local address of its own. */
function isOf({ link, family, scope }: LinkAddress, wanted: IpFamily): boolean {
  return link === CNI_BRIDGE && family === wanted && scope !== 'link';
}

function textOf({ address, prefixLength }: LinkAddress): string {
  return `${address}/${String(prefixLength)}`;
}
