// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import type { NodeUsage } from '#simulation/workload-backend.ts';
import { ApiError, notFound } from './api-error.ts';
import { subjectOf, type Call, type JsonReply } from './call.ts';
import { parseSelectors } from './selectors.ts';

/** metrics-server's default resolution. metrics-server@v0.8.0:cmd/metrics-server/app/options/options.go */
const WINDOW = '15s';

/** Whether metrics-server is there: serving, registered but not answering, or not installed. */
export type MetricsState = 'served' | 'unavailable' | 'absent';

/** Serves `get` and `list` of metrics.k8s.io from the backend's usage. @throws ApiError 404 */
export function readMetrics(call: Call): JsonReply {
  const { name, namespace, query, resource } = call.request;
  const selects = parseSelectors(query, resource.plural);
  const items = measure(call).filter(
    (item) =>
      (namespace === undefined || item.metadata.namespace === namespace) &&
      (name === undefined || item.metadata.name === name) &&
      (selects === undefined || selects(item)),
  );
  const apiVersion = 'metrics.k8s.io/v1beta1';
  if (name === undefined) {
    return { code: 200, body: { kind: `${resource.kind}List`, apiVersion, metadata: {}, items } };
  }
  const [item] = items;
  if (item === undefined) throw notFound(subjectOf(call));
  return { code: 200, body: item };
}

/** 503, as the aggregator answers for an APIService that is not available. */
export function metricsUnavailable(): ApiError {
  return new ApiError(
    503,
    'ServiceUnavailable',
    'the server is currently unable to handle the request',
    {},
  );
}

function measure(call: Call): KubernetesObject[] {
  const usage = call.cluster.usage();
  const { store } = call.cluster;
  const apiVersion = 'metrics.k8s.io/v1beta1';
  const meta = (stored: KubernetesObject | undefined): { labels?: Record<string, string> } =>
    stored?.metadata.labels === undefined ? {} : { labels: stored.metadata.labels };
  const common = { timestamp: usage.timestamp, window: WINDOW };
  if (call.request.resource.plural === 'nodes') {
    return usage.nodes.map((node) => ({
      kind: 'NodeMetrics',
      apiVersion,
      metadata: { name: node.name, ...meta(store.get('nodes', node.name)) },
      ...common,
      usage: quantities(node),
    }));
  }
  return usage.pods.map(({ name, namespace, containers }) => ({
    kind: 'PodMetrics',
    apiVersion,
    metadata: { name, namespace, ...meta(store.get('pods', name, namespace)) },
    ...common,
    containers: containers.map((container) => ({
      name: container.name,
      usage: quantities(container),
    })),
  }));
}

function quantities(usage: NodeUsage): { cpu: string; memory: string } {
  return {
    cpu: `${String(Math.round(usage.cpuNanoCores))}n`,
    memory: `${String(Math.round(usage.memoryBytes / 1024))}Ki`,
  };
}
