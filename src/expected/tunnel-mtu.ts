// SPDX-License-Identifier: Apache-2.0

import type { PlanInputs } from '#expected/peer-plan.ts';
import { announcedPublicIps } from '#expected/public-ips.ts';
import { expectedVxlanMtu, findLink, presentVxlanLinks } from '#expected/vxlan-link.ts';
import type { Link, LinkAddress } from '#model/kernel.ts';
import { sameAddress } from '#model/net/address.ts';

/** What the MTU of a node's links follows from. */
export interface LinkFacts {
  readonly links: readonly Link[];
  readonly addresses: readonly LinkAddress[];
}

/** A link and its position in the `links` fact. */
export interface LocatedLink {
  readonly link: Link;
  readonly index: number;
}

/**
 * The link that flanneld sends by: the one with the public IP that the node announces. Undefined when no link has it,
 * or when a person chose the announced address, which then says nothing of the link.
 */
export function externalLink(
  cluster: PlanInputs,
  node: string,
  { links, addresses }: LinkFacts,
): LocatedLink | undefined {
  if (cluster.flannel.kind === 'daemonset' && cluster.flannel.publicIpFlag) return undefined;
  const [external] = announcedPublicIps(cluster, node)
    .filter(({ setByHand }) => !setByHand)
    .flatMap(
      ({ publicIp }) => addresses.find(({ address }) => sameAddress(address, publicIp)) ?? [],
    );
  return external === undefined ? undefined : findLink(links, external.link);
}

/**
 * Bytes that flannel takes off the outer MTU (flannel@v0.28.9:pkg/backend/wireguard/wireguard_network.go, overhead;
 * pkg/backend/ipip/ipip.go, configureIPIPDevice).
 */
const OVERHEAD_BYTES = { wireguard: 80, ipip: 20 } as const;

/**
 * The MTU that the links of wireguard and ipip have to have, and pods too, bytes; undefined when it cannot be told,
 * and for other backends. ipip takes no notice of `Backend.MTU`.
 */
export function expectedTunnelMtu(
  cluster: PlanInputs,
  node: string,
  facts: LinkFacts,
): number | undefined {
  const { backendType, mtu } = cluster.netConf;
  if (backendType !== 'wireguard' && backendType !== 'ipip') return undefined;
  const external = externalLink(cluster, node, facts)?.link.mtu;
  const outer = backendType === 'wireguard' ? (mtu ?? external) : external;
  return outer === undefined ? undefined : outer - OVERHEAD_BYTES[backendType];
}

/**
 * The link that carries the outer packets of one of flannel's: the one that the vxlan link names. Where nobody tells
 * (other kinds, and vxlan links as BusyBox shows them) it is the external link, on which flannel makes its own
 * (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, vtepIndex). Undefined when it cannot be told.
 */
export function lowerLinkOf(
  cluster: PlanInputs,
  node: string,
  facts: LinkFacts,
  { kind, vxlan }: Link,
): LocatedLink | undefined {
  if (vxlan !== undefined) return findLink(facts.links, vxlan.lowerLink ?? '');
  const isAnotherKind = cluster.netConf.backendType === 'vxlan' && kind !== undefined;
  return isAnotherKind ? undefined : externalLink(cluster, node, facts);
}

/** The MTU that one of flannel's links has to have, bytes; undefined when it cannot be told. */
export function expectedLinkMtu(
  cluster: PlanInputs,
  node: string,
  facts: LinkFacts,
  name: string,
): number | undefined {
  const { netConf } = cluster;
  if (netConf.backendType !== 'vxlan') return expectedTunnelMtu(cluster, node, facts);
  const found = presentVxlanLinks(netConf, facts.links).find(({ link }) => link.name === name);
  if (found === undefined) return undefined;
  const lower = lowerLinkOf(cluster, node, facts, found.link)?.link;
  return expectedVxlanMtu(netConf, found.expected.family, lower);
}
