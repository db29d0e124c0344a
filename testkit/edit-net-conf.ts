// SPDX-License-Identifier: Apache-2.0

import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

/** Keys of net-conf.json that get another value. */
export interface NetConfEdit {
  readonly Network?: string;
  readonly Backend?: Readonly<Record<string, unknown>>;
}

/** Edits net-conf.json in the ConfigMap; no flannel restarts by that. */
export function editNetConf(
  simulated: SimulatedCluster,
  { Backend = {}, ...edit }: NetConfEdit,
): void {
  const namespace = simulated.flannelNamespace;
  const map = simulated.store.get('configmaps', 'kube-flannel-cfg', namespace);
  if (map === undefined) throw new Error('there is no ConfigMap');
  const data = map['data'] as Readonly<Record<string, string>>;
  const netConf = JSON.parse(data['net-conf.json'] ?? '') as { readonly Backend: object };
  const edited = { ...netConf, ...edit, Backend: { ...netConf.Backend, ...Backend } };
  const changed = { ...data, 'net-conf.json': JSON.stringify(edited) };
  simulated.store.update('configmaps', { ...map, data: changed });
}
