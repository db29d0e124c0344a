// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead, inNamespace } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';

/** Reads the pods that run flanneld. */
export const flannelPodsCollector: ClusterCollector<'flannelPods'> = {
  scope: 'cluster',
  fact: 'flannelPods',
  reads: [
    apiRead('apps', 'daemonsets', 'list'),
    inNamespace('flannel', apiRead('', 'pods', 'list')),
  ],
  timeoutMs: 60_000,
  collect: async (reader) => {
    if ((await reader.flannel()) === undefined) {
      throw new FactAbsence('unsupported', 'Flannel does not run in pods of this cluster.');
    }
    return { value: await reader.flannelPods() };
  },
};
