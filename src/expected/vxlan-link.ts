// SPDX-License-Identifier: Apache-2.0

import { enabledFamilies } from '#expected/peer-plan.ts';
import { vxlanLinkName } from '#expected/vxlan-plan.ts';
import type { NetConf } from '#model/cluster.ts';
import type { IpFamily, Link } from '#model/kernel.ts';

/** Bytes that flannel takes off the outer MTU, for IPv6 too (flannel@v0.28.9:pkg/backend/vxlan/vxlan_network.go, encapOverhead). */
export const VXLAN_OVERHEAD_BYTES = 50;

/** Bytes below the lower link's MTU that the kernel itself insists on (linux: include/net/vxlan.h, VXLAN_HEADROOM and VXLAN6_HEADROOM). */
const KERNEL_HEADROOM_BYTES: Readonly<Record<IpFamily, number>> = { 4: 50, 6: 70 };

/** Linux' own default when flannel passes no port. */
export const DEFAULT_VXLAN_PORT = 8472;

/** One of flannel's vxlan links as it has to be. */
export interface ExpectedVxlanLink {
  readonly family: IpFamily;
  readonly name: string;
  readonly vni: number;
  readonly port: number;
  readonly learning: boolean;
  readonly gbp: boolean;
}

/** The vxlan links that every Linux node has to have. */
export function expectedVxlanLinks(netConf: NetConf): readonly ExpectedVxlanLink[] {
  return enabledFamilies(netConf).map((family) => ({
    family,
    name: vxlanLinkName(netConf, family),
    vni: netConf.vni,
    port: netConf.port ?? DEFAULT_VXLAN_PORT,
    learning: netConf.learning,
    gbp: netConf.gbp,
  }));
}

/** An observed link and its position in the `links` fact; undefined when the node has none of that name. */
export function findLink(
  links: readonly Link[],
  name: string,
): { readonly link: Link; readonly index: number } | undefined {
  const index = links.findIndex((link) => link.name === name);
  const link = links[index];
  return link === undefined ? undefined : { link, index };
}

/** One of flannel's vxlan links that a node has, and what it has to be. */
export interface PresentVxlanLink {
  readonly expected: ExpectedVxlanLink;
  readonly link: Link;
  /** Position in the `links` fact. */
  readonly index: number;
}

/** Those of flannel's vxlan links that are there, in the order of the families. */
export function presentVxlanLinks(
  netConf: NetConf,
  links: readonly Link[],
): readonly PresentVxlanLink[] {
  return expectedVxlanLinks(netConf).flatMap((expected) => {
    const found = findLink(links, expected.name);
    return found === undefined ? [] : [{ expected, ...found }];
  });
}

/**
 * The MTU a vxlan link has to have, bytes: `Backend.MTU` or that of the link below it, less the overhead.
 * Undefined when neither is known. The kernel lowers what does not fit the link below, which is right as it is:
 * that is so for every IPv6 link, because flannel takes 50 bytes off where 70 are needed.
 *
 * @param lower the link below; absent when it is not known
 */
export function expectedVxlanMtu(
  { mtu }: NetConf,
  family: IpFamily,
  lower?: Link,
): number | undefined {
  const outer = mtu ?? lower?.mtu;
  if (outer === undefined) return undefined;
  const wanted = outer - VXLAN_OVERHEAD_BYTES;
  return lower === undefined ? wanted : Math.min(wanted, lower.mtu - KERNEL_HEADROOM_BYTES[family]);
}
