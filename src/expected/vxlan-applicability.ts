// SPDX-License-Identifier: Apache-2.0

import { isVirtual, nodeNamed } from '#expected/node-objects.ts';
import { expectedVxlanLinks, findLink, presentVxlanLinks } from '#expected/vxlan-link.ts';
import type { NetConf, NodeObject } from '#model/cluster.ts';
import type { Link } from '#model/kernel.ts';

const VIRTUAL = 'The node is a virtual one, without a kernel of its own.';

/** Why flannel's Linux data plane does not concern a node; undefined when it does. One plain sentence. */
export function notFlannelNode(nodes: readonly NodeObject[], node: string): string | undefined {
  const object = nodeNamed(nodes, node)?.object;
  if (object === undefined) return undefined;
  const { os } = object;
  if (os !== 'linux') return `The node runs ${os}; Linux kernel state does not exist there.`;
  return isVirtual(object) ? VIRTUAL : undefined;
}

const NOT_READABLE =
  'The backend is wireguard, not vxlan. Its peers, keys and handshakes cannot be read, so no pair of nodes is judged whole.';

/** Why vxlan state cannot be expected on a node; undefined when it can. One plain sentence. */
export function notVxlan(
  facts: { readonly nodes: readonly NodeObject[]; readonly netConf: NetConf },
  node: string,
): string | undefined {
  const { backendType } = facts.netConf;
  if (backendType === 'wireguard') return NOT_READABLE;
  if (backendType !== 'vxlan') return `The backend is ${backendType}, not vxlan.`;
  return notFlannelNode(facts.nodes, node);
}

/**
 * Why a node's vxlan entries cannot be judged by themselves: a link that is gone or down has lost them all, and
 * that is one fault, not one per peer. Undefined when every vxlan link is there and up.
 */
export function vxlanLinkUnusable(netConf: NetConf, links: readonly Link[]): string | undefined {
  for (const { name } of expectedVxlanLinks(netConf)) {
    const found = findLink(links, name);
    if (found === undefined) return `${name} does not exist, so it holds no entries.`;
    if (!found.link.up) return `${name} is down, so the kernel dropped what it held.`;
  }
  return undefined;
}

/** Why a node has no vxlan link to judge; undefined when at least one of flannel's is there. */
export function vxlanLinksAbsent(netConf: NetConf, links: readonly Link[]): string | undefined {
  if (presentVxlanLinks(netConf, links).length > 0) return undefined;
  const names = expectedVxlanLinks(netConf).map(({ name }) => name);
  return `${names.join(' and ')} ${names.length === 1 ? 'does' : 'do'} not exist.`;
}
