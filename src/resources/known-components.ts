// SPDX-License-Identifier: Apache-2.0

import type { ContainerInventory, WorkloadRef } from '#model/resources.ts';

/** Components of a cluster whose needs are known. */
export type ComponentName = 'flannel' | 'coredns' | 'kube-proxy' | 'metrics-server';

/** All of them, in the order in which they are told. */
export const COMPONENTS: readonly ComponentName[] = [
  'flannel',
  'coredns',
  'kube-proxy',
  'metrics-server',
];

/** The last part of an image's name, without a tag or digest. */
const IMAGE_NAMES: readonly (readonly [ComponentName, RegExp])[] = [
  // flannel/flannel, rancher/mirrored-flannel-io-flannel, rancher/hardened-flannel; not flannel-cni-plugin.
  ['flannel', /^(?:mirrored-(?:flannelcni-|flannel-io-)?|hardened-)?flannel$/],
  ['coredns', /^(?:mirrored-coredns-|hardened-)?coredns$/],
  ['kube-proxy', /^(?:hardened-)?kube-proxy(?:-(?:amd64|arm64|arm|ppc64le|s390x))?$/],
  ['metrics-server', /^(?:mirrored-|hardened-(?:k8s-)?)?metrics-server(?:-(?:amd64|arm64|arm))?$/],
];

const CONTAINER_NAMES: Readonly<Record<string, ComponentName>> = {
  'kube-flannel': 'flannel',
  coredns: 'coredns',
  'kube-proxy': 'kube-proxy',
  'metrics-server': 'metrics-server',
};

/** Kinds that run one of the components; somebody's own pod with such an image is not the component. */
const KINDS: Readonly<Record<ComponentName, readonly string[]>> = {
  flannel: ['DaemonSet'],
  coredns: ['Deployment', 'DaemonSet'],
  'kube-proxy': ['DaemonSet', 'Node'],
  'metrics-server': ['Deployment'],
};

/**
 * Which component a container is: by its image, and by its own name where the image tells nothing. Undefined for
 * any other, and for init containers.
 */
export function componentOf(
  workload: WorkloadRef,
  { role, image, name }: Pick<ContainerInventory, 'role' | 'image' | 'name'>,
): ComponentName | undefined {
  if (role === 'init') return undefined;
  const base = imageName(image);
  const byImage = IMAGE_NAMES.find(([, form]) => form.test(base))?.[0];
  const component =
    byImage ?? (Object.hasOwn(CONTAINER_NAMES, name) ? CONTAINER_NAMES[name] : undefined);
  if (component === undefined) return undefined;
  return KINDS[component].includes(workload.kind) ? component : undefined;
}

function imageName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.replace(/[:@].*$/, '');
}
