// SPDX-License-Identifier: Apache-2.0

import { vxlanLinkText } from '#expected/notation.ts';
import { enabledFamilies } from '#expected/peer-plan.ts';
import { IPIP_LINK, wireguardLinkName } from '#expected/tunnel-names.ts';
import { notFlannelNode } from '#expected/vxlan-applicability.ts';
import { expectedVxlanLinks, findLink } from '#expected/vxlan-link.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { IpFamily, Link } from '#model/kernel.ts';

/** A link that flannel makes on every Linux node, with any backend that makes one. */
export interface FlannelLink {
  readonly name: string;
  /** Families whose traffic it carries; at least one. */
  readonly families: readonly IpFamily[];
  /** The link as it has to be, in the words of `ip -d link`. */
  readonly text: string;
}

/** The links that flannel has to have on every Linux node; empty for a backend whose link is not judged. */
export function expectedFlannelLinks(netConf: NetConf): readonly FlannelLink[] {
  switch (netConf.backendType) {
    case 'vxlan':
      return expectedVxlanLinks(netConf).map((link) => ({
        name: link.name,
        families: [link.family],
        text: vxlanLinkText(link),
      }));
    case 'wireguard':
      return wireguardLinks(netConf);
    case 'ipip':
      return [{ name: IPIP_LINK, families: [4], text: `${IPIP_LINK} ipip` }];
    default:
      return [];
  }
}

function wireguardLinks(netConf: NetConf): readonly FlannelLink[] {
  const families = enabledFamilies(netConf);
  const names = new Set(families.map((family) => wireguardLinkName(netConf, family)));
  return [...names].map((name) => ({
    name,
    families: families.filter((family) => wireguardLinkName(netConf, family) === name),
    text: `${name} wireguard`,
  }));
}

/** Families in words for messages that write `IPv` before them: `4`, `6`, or `4 and IPv6`. */
export function familiesText(families: readonly IpFamily[]): string {
  return families.join(' and IPv');
}

/** Why a node has no link of flannel's to judge; undefined when it has to have one. One plain sentence. */
export function noFlannelLink(
  facts: { readonly nodes: readonly NodeObject[]; readonly netConf: NetConf },
  node: string,
): string | undefined {
  const { netConf } = facts;
  if (netConf.backendType === 'host-gw') return 'The backend is host-gw, which makes no link.';
  if (expectedFlannelLinks(netConf).length === 0) {
    return `The backend is ${netConf.backendType}, whose link is not judged.`;
  }
  return notFlannelNode(facts.nodes, node);
}

/** One of flannel's links that a node has. */
export interface PresentFlannelLink {
  readonly expected: FlannelLink;
  readonly link: Link;
  /** Position in the `links` fact. */
  readonly index: number;
}

/** Those of flannel's links that are there. */
export function presentFlannelLinks(
  netConf: NetConf,
  links: readonly Link[],
): readonly PresentFlannelLink[] {
  return expectedFlannelLinks(netConf).flatMap((expected) => {
    const found = findLink(links, expected.name);
    return found === undefined ? [] : [{ expected, ...found }];
  });
}

/** Why a node's entries cannot be judged by themselves: a link that is gone or down has lost them all. */
export function flannelLinkUnusable(netConf: NetConf, links: readonly Link[]): string | undefined {
  for (const { name } of expectedFlannelLinks(netConf)) {
    const found = findLink(links, name);
    if (found === undefined) return `${name} does not exist, so it holds no entries.`;
    if (!found.link.up) return `${name} is down, so the kernel dropped what it held.`;
  }
  return undefined;
}

/** Why there is no link to judge; undefined when at least one of flannel's is there. */
export function flannelLinksAbsent(netConf: NetConf, links: readonly Link[]): string | undefined {
  if (presentFlannelLinks(netConf, links).length > 0) return undefined;
  const names = expectedFlannelLinks(netConf).map(({ name }) => name);
  return `${names.join(' and ')} ${names.length === 1 ? 'does' : 'do'} not exist.`;
}
