// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { findNode } from '#expected/node-objects.ts';
import { announcedPublicIps, statusAddresses } from '#expected/public-ips.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { findLink } from '#expected/vxlan-link.ts';
import { vxlanLinkName } from '#expected/vxlan-plan.ts';
import { verdictOf } from '#model/finding.ts';
import { sameAddress } from '#model/net/address.ts';

/** Finds nodes whose public-ip annotation is no address of theirs: peers send the outer packets elsewhere. */
export const check: NodeCheck<'nodes' | 'flannel' | 'netConf', 'links' | 'addresses'> = {
  id: 'public-ip-mismatch',
  title: 'Public IP of a node is not its own',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'flannel', 'netConf'], node: ['links', 'addresses'] },
  messages: {
    foreign:
      'The annotation {suffix} of {node} is {publicIp}, which is no address of {node}. The other nodes send packets for its pods there, so they do not arrive.',
  },
  notApplicable({ cluster, node }) {
    const unfit = notFlannelNode(cluster.nodes, node);
    if (unfit !== undefined) return unfit;
    if (cluster.flannel.kind === 'daemonset' && cluster.flannel.publicIpFlag) {
      return 'flanneld was told by a flag which public IP to announce.';
    }
    const announced = announcedPublicIps(cluster, node);
    if (announced.length === 0) return 'The node announces no readable public IP.';
    return announced.every(({ setByHand }) => setByHand)
      ? 'An annotation set by hand says which public IP to announce.'
      : undefined;
  },
  run({ cluster, facts, node, atCluster, atNode }) {
    const { object, index } = findNode(cluster.nodes, node);
    const chosen = announcedPublicIps(cluster, node).filter(({ setByHand }) => !setByHand);
    return verdictOf(
      chosen.flatMap(({ family, suffix, annotation, publicIp }) => {
        const { netConf } = cluster;
        // A vxlan link that another backend left behind says nothing of what the node sends from now.
        const link =
          netConf.backendType === 'vxlan'
            ? findLink(facts.links, vxlanLinkName(netConf, family))
            : undefined;
        const local = link?.link.vxlan?.local;
        const own = [
          ...(local === undefined ? [] : [local]),
          ...statusAddresses(object, family),
          ...facts.addresses.map(({ address }) => address),
        ];
        if (own.some((address) => sameAddress(address, publicIp))) return [];
        return [
          {
            messageId: 'foreign',
            data: { suffix, publicIp },
            breaks: 'node',
            object: `annotation ${annotation}`,
            expected: `${suffix}: ${own[0] ?? 'an address of the node'}`,
            observed: `${suffix}: ${publicIp}`,
            evidence: [
              atCluster('nodes', index, 'flannelAnnotations', annotation),
              atCluster('nodes', index, 'internalIPs'),
              atNode('addresses'),
              ...(link === undefined ? [] : [atNode('links', link.index)]),
            ],
          },
        ];
      }),
    );
  },
};
