// SPDX-License-Identifier: Apache-2.0

import type { CniFile } from '#model/kernel.ts';

/** Where the container runtime of every distribution but k3s looks. */
export const CNI_DIRECTORY = '/etc/cni/net.d';

/** The file that the init container of flannel's manifest writes (flannel@v0.28.9:Documentation/kube-flannel.yml). */
export const FLANNEL_CNI_FILE = '10-flannel.conflist';

/** Plug-ins that come with a network of their own. */
const OTHER_NETWORKS: ReadonlySet<string> = new Set([
  ...['calico', 'cilium-cni', 'weave-net', 'antrea', 'kube-ovn', 'ovn-k8s-cni-overlay'],
  ...['aws-cni', 'azure-vnet', 'macvlan', 'ipvlan'],
]);
/** Plug-ins that join a pod to its node, with addresses of any range. */
const PLAIN: ReadonlySet<string> = new Set(['bridge', 'ptp']);

/** What the configuration that the runtime takes makes of a pod. */
export type PodNetwork = 'flannel' | 'other' | 'plain' | 'not known';

/**
 * The file that the runtime takes: the first with one of the endings that it looks for
 * (containernetworking/cni@v1.3.0:libcni/conf.go, ConfFiles).
 */
export function takenCniFile(files: readonly CniFile[]): CniFile | undefined {
  return files.find(({ name }) => /\.(?:conf|conflist|json)$/.test(name));
}

/** Whether flannel, or Canal, ever wrote into the directory: else it may not be the one that is in use. */
export function isOfFlannel({ name, plugins }: CniFile): boolean {
  return /flannel|canal/.test(name) || plugins.includes('flannel');
}

/** Tells the network by the plug-ins of a file: Calico's with addresses from the node's pod range is Canal's. */
export function podNetworkOf({ plugins }: CniFile): PodNetwork {
  if (plugins.includes('flannel')) return 'flannel';
  if (plugins.includes('calico') && plugins.includes('host-local')) return 'flannel';
  if (plugins.some((plugin) => OTHER_NETWORKS.has(plugin))) return 'other';
  return plugins.some((plugin) => PLAIN.has(plugin)) ? 'plain' : 'not known';
}
