// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { formatAddress, parseAddress } from '#model/net/address.ts';

/** Which words a node's own commands and configuration have. */
export type Platform = 'talos' | 'k3s' | 'rke2' | 'other';

/** A node as far as it may stand in a command that a person pastes: nothing here but what a grammar took. */
export interface CommandSite {
  readonly name: string;
  readonly platform: Platform;
  /** Its first internal address, in its one spelling; else its name: what `talosctl -n` takes. */
  readonly address: string;
  readonly controlPlane: boolean;
}

/** Said where a name from the cluster is not printed into a command. */
export const UNPRINTABLE = 'A name or an address in it has no form that may stand in a command.';

/** The node as commands name it; undefined when it is not known or its name is no name. */
export function commandSite(
  nodes: readonly NodeObject[],
  name: string | undefined,
): CommandSite | undefined {
  const node = nodes.find((each) => each.name === name);
  if (node === undefined || !isObjectName(node.name)) return undefined;
  const [address = node.name] = node.internalIPs.flatMap((text) => plainAddress(text) ?? []);
  const { controlPlane } = node;
  return { name: node.name, platform: platformOf(node), address, controlPlane };
}

/** Talos says so in its image, k3s and RKE2 in the version of their kubelet (`v1.34.1+k3s1`). */
function platformOf({ osImage, kubeletVersion }: NodeObject): Platform {
  if (osImage.startsWith('Talos')) return 'talos';
  if (kubeletVersion.includes('+k3s')) return 'k3s';
  return kubeletVersion.includes('+rke2') ? 'rke2' : 'other';
}

/** Whether text is a name that Kubernetes gives its objects (RFC 1123 subdomain), and so harmless in a command. */
export function isObjectName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u.test(text);
}

/** An address in its one spelling; undefined when the text is none, or has a zone. */
export function plainAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
}

/** `on node1 and node2`. */
export function onNodes(sites: readonly CommandSite[]): string {
  return `on ${sites.map(({ name }) => name).join(' and ')}`;
}

/** The unit of systemd that runs a node's kubelet; undefined on Talos, which has no systemd. */
export function kubeletUnit({ platform, controlPlane }: CommandSite): string | undefined {
  switch (platform) {
    case 'talos':
      return undefined;
    case 'k3s':
      return controlPlane ? 'k3s' : 'k3s-agent';
    case 'rke2':
      return controlPlane ? 'rke2-server' : 'rke2-agent';
    case 'other':
      return 'kubelet';
  }
}
