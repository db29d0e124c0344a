// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { type ApiRead, apiRead } from '#sources/kubernetes/api-read.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { count, listOf, metadata, text } from '#sources/kubernetes/objects/fields.ts';
import { prometheusServer, type PrometheusServer } from '#sources/prometheus/prometheus-server.ts';

/** The rights to find the cluster's own server, and to ask it through the API server. */
export const PROMETHEUS_READS: readonly ApiRead[] = [
  apiRead('', 'services', 'list'),
  apiRead('', 'services/proxy', 'get'),
];

interface FoundService {
  readonly namespace: string;
  readonly name: string;
  /** Name or number. */
  readonly port: string;
  readonly scheme: 'http' | 'https';
  /** Of the query API, before `/api/v1`. */
  readonly prefix: string;
  /** The lower, the better. */
  readonly rank: number;
}

const serviceSchema = z.object({
  metadata,
  spec: z.object({ ports: listOf(z.object({ name: text, port: count })) }),
});

interface Known {
  readonly matches: (name: string, labels: Readonly<Record<string, string>>) => boolean;
  readonly ports: readonly number[];
  readonly prefix: string;
}

const app = (labels: Readonly<Record<string, string>>): string =>
  labels['app.kubernetes.io/name'] ?? labels['app'] ?? '';

/** Services by which servers with the query API are installed, the best first: whoever sees most comes first. */
const KNOWN: readonly Known[] = [
  {
    matches: (name, labels) => name.startsWith('vmselect') || app(labels) === 'vmselect',
    ports: [8481],
    prefix: '/select/0/prometheus',
  },
  {
    matches: (name, labels) => /thanos.*query/u.test(name) || app(labels) === 'thanos-query',
    ports: [10902, 9090, 9091],
    prefix: '',
  },
  {
    matches: (name, labels) =>
      name.startsWith('vmsingle') || ['vmsingle', 'victoria-metrics-single'].includes(app(labels)),
    ports: [8429, 8428],
    prefix: '',
  },
  {
    matches: (name, labels) =>
      ['prometheus-operated', 'prometheus-server', 'prometheus-k8s', 'prometheus'].includes(name) ||
      name.endsWith('-kube-prometheus-prometheus') ||
      name.endsWith('kube-prometheus-stack-prometheus') ||
      app(labels) === 'kube-prometheus-stack-prometheus',
    ports: [9090, 9091, 80],
    prefix: '',
  },
];

/**
 * The server with the query API that a cluster has, asked through the API server's proxy; undefined when no Service
 * of a known name or label is there. It was not asked anything yet.
 *
 * @throws SourceError when Services cannot be listed
 */
export async function findPrometheus(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<PrometheusServer | undefined> {
  const request = { path: '/api/v1/services', operation: 'list services', signal };
  const found = await connection.list(request, foundService);
  const [best] = [...found].sort((a, b) => a.rank - b.rank);
  return best && proxiedServer(connection, best);
}

/** What a Service is to a search for the query API; undefined when it has none. */
export function foundService(item: unknown): FoundService | undefined {
  const result = serviceSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec } = result.data;
  const rank = KNOWN.findIndex(({ matches }) => matches(meta.name, meta.labels));
  const known = KNOWN[rank];
  const port = known?.ports.find((number) => spec.ports.some((each) => each.port === number));
  if (known === undefined || port === undefined || meta.namespace === undefined) return undefined;
  const isSecure = spec.ports.some((each) => each.port === port && each.name === 'https');
  return {
    namespace: meta.namespace,
    name: meta.name,
    port: String(port),
    scheme: isSecure ? 'https' : 'http',
    prefix: known.prefix,
    rank,
  };
}

function proxiedServer(connection: KubernetesConnection, service: FoundService): PrometheusServer {
  const { namespace, name, port, scheme, prefix } = service;
  const target = encodeURIComponent(`${scheme}:${name}:${port}`);
  const base = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${target}/proxy${prefix}`;
  return prometheusServer(`Service ${namespace}/${name}`, ({ path, ...request }) =>
    connection.get({ ...request, path: base + path }),
  );
}
