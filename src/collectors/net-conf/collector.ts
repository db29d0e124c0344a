// SPDX-License-Identifier: Apache-2.0

import { type ClusterCollector, apiRead, inNamespace } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import { isK3sNode, k3sNetConf } from '#collectors/net-conf/k3s-net-conf.ts';
import { configMapValue } from '#sources/kubernetes/objects/service.ts';
import { parseNetConf } from '#sources/linux/parse-net-conf.ts';

const KEY = 'net-conf.json';

/**
 * Reads flannel's configuration from the ConfigMap that its pods mount; with k3s, which has neither, it is what the
 * nodes announce.
 */
export const netConfCollector: ClusterCollector<'netConf'> = {
  scope: 'cluster',
  fact: 'netConf',
  reads: [inNamespace('flannel', apiRead('', 'configmaps', 'get')), apiRead('', 'nodes', 'list')],
  timeoutMs: 60_000,
  collect: async (reader) => {
    const found = await reader.flannel();
    const isPlaceNamed = Object.keys(reader.options.flannel ?? {}).length > 0;
    if (found === undefined && !isPlaceNamed) {
      const nodes = await reader.projectedNodes();
      if (nodes.some(({ node }) => isK3sNode(node))) {
        return { value: k3sNetConf(nodes), origin: 'node annotations (k3s)' };
      }
    }
    const name = found?.workload.configMap;
    if (found === undefined) {
      throw new FactAbsence(
        'unsupported',
        'Flannel does not run in pods of this cluster, so there is no ConfigMap with its net-conf.json.',
      );
    }
    if (name === undefined) {
      throw new FactAbsence('unsupported', "Flannel's pods mount no ConfigMap with net-conf.json.");
    }
    const { namespace } = found.workload;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
    const operation = `get configmap ${namespace}/${name}`;
    const body = await reader.connection.get({ path, operation, signal: reader.signal });
    const text = configMapValue(body, KEY);
    if (text === undefined) {
      throw new FactAbsence('failed', `The ConfigMap ${namespace}/${name} has no key ${KEY}.`);
    }
    return { value: parseNetConf(text), origin: `configmap ${namespace}/${name}` };
  },
};
