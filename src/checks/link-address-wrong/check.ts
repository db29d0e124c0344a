// SPDX-License-Identifier: Apache-2.0

import type { NodeCheck } from '#checks/define-check.ts';
import { networkUnknown } from '#expected/network-unknown.ts';
import { findNode } from '#expected/node-objects.ts';
import { podCidrOf } from '#expected/pod-cidrs.ts';
import { notVxlan, vxlanLinksAbsent } from '#expected/vxlan-applicability.ts';
import { presentVxlanLinks } from '#expected/vxlan-link.ts';
import type { NetConf } from '#model/cluster.ts';
import { type Finding, skip, verdictOf } from '#model/finding.ts';
import type { IpFamily, LinkAddress, Route } from '#model/kernel.ts';
import { parseAddress, sameAddress } from '#model/net/address.ts';
import { cidrContains, networkAddress, parseCidr } from '#model/net/cidr.ts';

/** Addresses that flannel takes off its link: those inside the network, for IPv6 all but link-local ones. */
function isFlannels(netConf: NetConf, { family, address, scope }: LinkAddress): boolean {
  if (family === 6) return scope !== 'link';
  const network = parseCidr(netConf.network ?? '');
  const parsed = parseAddress(address);
  return network !== undefined && parsed !== undefined && cidrContains(network, parsed);
}

/** The kernel drops all IPv4 routes of a link with its last address; IPv6 ones stay. */
function isFlushed(family: IpFamily, link: string, routes: readonly Route[]): boolean {
  return family === 4 && !routes.some((route) => route.link === link && route.family === 4);
}

type Judgement = Pick<Finding, 'messageId' | 'severity' | 'breaks'>;

/**
 * Finds vxlan links of flannel without their one address, or with further ones
 * (flannel@v0.28.9:pkg/ip/iface.go, EnsureV4AddressOnLink).
 */
export const check: NodeCheck<'nodes' | 'netConf', 'links' | 'addresses' | 'routes'> = {
  id: 'link-address-wrong',
  title: 'Address of the vxlan link is wrong',
  scope: 'node',
  stability: 'stable',
  severity: 'critical',
  needs: { cluster: ['nodes', 'netConf'], node: ['links', 'addresses', 'routes'] },
  messages: {
    flushed:
      '{link} on {node} has lost its address {address}, and the kernel dropped every route through {link} with it, so its pods reach no pod on another node.',
    missing:
      '{link} on {node} does not have its address {address}. The routes through it are there, so traffic between pods may flow, but {node} itself speaks from a wrong address.',
    extra:
      '{link} on {node} has addresses beside its own {address}. Pods are not touched, but {node} itself may speak from the wrong one.',
  },
  notApplicable: ({ cluster, node }) => notVxlan(cluster, node),
  run({ cluster, facts, node, atCluster, atNode }) {
    const { nodes, netConf } = cluster;
    const absent = vxlanLinksAbsent(netConf, facts.links);
    if (absent !== undefined) return skip(absent);
    const { object, index: nodeIndex } = findNode(nodes, node);
    const judged = presentVxlanLinks(netConf, facts.links).flatMap(({ expected, index }) => {
      const cidr = podCidrOf(object, expected.family);
      return cidr === undefined ? [] : [{ ...expected, index, wanted: networkAddress(cidr) }];
    });
    if (judged.length === 0) return skip('No pod range is assigned.');
    const findings = judged.flatMap(({ name, family, index, wanted }): readonly Finding[] => {
      const present = facts.addresses
        .map((address, position) => ({ address, position }))
        .filter(({ address }) => address.link === name && address.family === family);
      const length = family === 4 ? 32 : 128;
      const isOwn = ({ address, prefixLength }: LinkAddress): boolean =>
        sameAddress(address, wanted) && prefixLength === length;
      const extra = present.filter(
        ({ address }) => !isOwn(address) && isFlannels(netConf, address),
      );
      const judgement = judge(
        present.some(({ address }) => isOwn(address)),
        extra.length > 0,
        nodes.length > 1 && !netConf.directRouting && isFlushed(family, name, facts.routes),
      );
      if (judgement === undefined) return [];
      const shown = present.map(
        ({ address }) => `${address.address}/${String(address.prefixLength)}`,
      );
      return [
        {
          ...judgement,
          data: { link: name, address: `${wanted}/${String(length)}` },
          object: `address of ${name}`,
          expected: `${wanted}/${String(length)} dev ${name}`,
          observed: shown.length === 0 ? 'nothing' : `${shown.join(', ')} dev ${name}`,
          evidence: [
            atNode('links', index),
            ...(extra.length === 0
              ? [atNode('addresses')]
              : extra.map(({ position }) => atNode('addresses', position))),
            atCluster('nodes', nodeIndex, 'podCIDRs'),
          ],
        },
      ];
    });
    // Whether a further address is flannel's to take off, only the network tells.
    const unknown = networkUnknown(netConf, 4);
    return findings.length === 0 && unknown !== undefined ? skip(unknown) : verdictOf(findings);
  },
};

function judge(own: boolean, extra: boolean, flushed: boolean): Judgement | undefined {
  if (own) return extra ? { messageId: 'extra', severity: 'warning', breaks: 'none' } : undefined;
  return flushed
    ? { messageId: 'flushed', severity: 'critical', breaks: 'node' }
    : { messageId: 'missing', severity: 'warning', breaks: 'none' };
}
