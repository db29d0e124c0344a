// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { judgedAddresses } from '#expected/pod-addresses.ts';
import { leaseOfNode } from '#expected/subnet-leases.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { PASS, skip, verdictOf } from '#model/finding.ts';
import { formatCidr } from '#model/net/cidr.ts';

/** How many addresses a finding names. */
const NAMED = 5;

/**
 * Finds pods that got their address from somebody else than flannel's CNI plugin, or from a pod range that the node
 * has no longer. No other node has a route to them.
 */
export const check: NodeCheck<'nodes' | 'flannel' | 'podAddresses'> = {
  id: 'pod-ip-outside-pod-cidr',
  title: 'Address of a pod lies outside the pod range of its node',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'podAddresses'], node: [] },
  messages: {
    all: 'None of the pods on {node} has an address in {podCidr}, the pod range of {node}. Another CNI configuration than that of flannel gives them their addresses, and no other node has a route there.',
    some: '{count} of {total} pod addresses on {node} lie outside {podCidr}, the pod range of {node}. No other node has a route to them, so these pods are reached from {node} alone. They were started before flannel or with another pod range.',
  },
  notApplicable: ({ cluster, node }) => notFlannelNode(cluster.nodes, node),
  run({ cluster, node, atCluster }) {
    const { nodes, flannel, podAddresses } = cluster;
    if (leaseOfNode(nodes, flannel, node)?.announced !== true) {
      return skip('Flannel announces no lease of this node.');
    }
    const { object, index: nodeIndex } = findNode(nodes, node);
    const judged = judgedAddresses(podAddresses, object);
    if (judged === undefined || judged.outside.length === 0) return PASS;
    const { place, addresses, ranges, outside: found } = judged;
    const podCidr = ranges.map(formatCidr).join(' and ');
    const named = found.slice(0, NAMED);
    const more = found.length - named.length;
    const texts = named.map((index) => addresses[index] ?? '').join(', ');
    return verdictOf([
      {
        messageId: found.length === addresses.length ? 'all' : 'some',
        data: { podCidr, count: found.length, total: addresses.length },
        breaks: 'none',
        object: `podIPs ${node}`,
        expected: `addresses in ${podCidr}`,
        observed: more === 0 ? texts : `${texts} and ${String(more)} more`,
        evidence: [
          ...named.map((index) => atCluster('podAddresses', place, 'addresses', index)),
          atCluster('nodes', nodeIndex, 'podCIDRs'),
        ],
      },
    ]);
  },
};
