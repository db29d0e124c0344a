// SPDX-License-Identifier: Apache-2.0

import type { Service } from '#sources/kubernetes/objects/service.ts';

/**
 * The DNS of the cluster among Services with its label; undefined when there is none. One in kube-system before
 * others: a virtual cluster, or any tenant, may have one of the same name in a namespace of its own. There, the one
 * named kube-dns: NodeLocal DNSCache adds `kube-dns-upstream` under the same label.
 */
export function chooseService(services: readonly Service[]): Service | undefined {
  const rank = ({ namespace, name, clusterIPs }: Service): number =>
    (namespace === 'kube-system' ? 0 : 4) +
    (name === 'kube-dns' ? 0 : 2) +
    (clusterIPs.length > 0 ? 0 : 1);
  return services.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))[0];
}
