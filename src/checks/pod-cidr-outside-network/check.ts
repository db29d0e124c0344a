// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { networkUnknown } from '#expected/network-unknown.ts';
import { podCidrOf } from '#expected/pod-cidrs.ts';
import { leaseOfNode } from '#expected/subnet-leases.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import type { NetConf } from '#model/cluster.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';
import type { IpFamily } from '#model/kernel.ts';
import { type Cidr, cidrIncludes, formatCidr, parseCidr } from '#model/net/cidr.ts';

/** The whole pod range of a family; undefined when net-conf.json names none that can be read. */
function networkOf(netConf: NetConf, family: IpFamily): Cidr | undefined {
  const cidr = parseCidr((family === 4 ? netConf.network : netConf.ipv6Network) ?? '');
  return cidr?.family === family ? cidr : undefined;
}

/**
 * Finds nodes whose pod range is not in flannel's. flanneld refuses such a node at its start, and only there
 * (flannel@v0.28.9:pkg/subnet/kube/kube.go, AcquireLease; since v0.20.0).
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf'> = {
  id: 'pod-cidr-outside-network',
  title: 'Pod range of a node lies outside the network of flannel',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: [] },
  messages: {
    refused:
      'The pod range {podCidr} of {node} is not inside {network}, the network in net-conf.json. flanneld on {node} refuses to start with it, so no pod there reaches another node.',
    announced:
      'The pod range {podCidr} of {node} is not inside {network}, the network in net-conf.json. Its lease is still announced from an earlier start, so traffic may flow, but flanneld on {node} will not start again with it.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, node, atCluster }) {
    const { nodes, flannel, netConf } = cluster;
    const { object, index } = findNode(nodes, node);
    const [unknown] = enabledFamilies(netConf).flatMap(
      (family) => networkUnknown(netConf, family) ?? [],
    );
    if (unknown !== undefined) return skip(unknown);
    const judged = enabledFamilies(netConf).flatMap((family) => {
      const own = podCidrOf(object, family);
      const network = networkOf(netConf, family);
      return own === undefined || network === undefined ? [] : [{ family, own, network }];
    });
    if (judged.length === 0) return skip('There is no pod range to hold against a network.');
    const outside = judged.filter(({ own, network }) => !cidrIncludes(network, own));
    if (outside.length === 0) return PASS;
    const lease = leaseOfNode(nodes, flannel, node);
    return verdictOf(
      outside.map(({ family, own, network }) => {
        const announced =
          lease?.announced === true && (family === 4 ? lease.v4 : lease.v6)?.publicIp !== undefined;
        const podCidr = formatCidr(own);
        const key = family === 4 ? 'network' : 'ipv6Network';
        return {
          messageId: announced ? 'announced' : 'refused',
          data: { podCidr, network: formatCidr(network) },
          severity: announced ? 'warning' : 'critical',
          breaks: announced ? 'none' : 'node',
          object: `podCIDR ${podCidr}`,
          expected: `a range inside ${formatCidr(network)}`,
          observed: podCidr,
          evidence: [atCluster('nodes', index, 'podCIDRs'), atCluster('netConf', key)],
        };
      }),
    );
  },
};
