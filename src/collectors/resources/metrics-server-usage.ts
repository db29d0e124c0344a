// SPDX-License-Identifier: Apache-2.0

import { quantityNumber } from '#model/quantity.ts';
import type { Usage, UsageReading } from '#model/resources.ts';
import { apiRead } from '#collectors/define-collector.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import type { UsageAnswer, UsageRequest, UsageSource } from '#collectors/resources/usage-source.ts';
import { withinTime } from '#collectors/resources/within-time.ts';
import type { RawAmounts } from '#sources/kubernetes/objects/resource-fields.ts';
import {
  type MetricTime,
  projectNodeMetrics,
  projectPodMetrics,
} from '#sources/metrics-server/metrics-objects.ts';
import { isSourceError } from '#sources/source-error.ts';

const API = '/apis/metrics.k8s.io/v1beta1';

/**
 * The aggregated API answers through the overlay: while that is broken it is silent, and everything else would wait
 * for it.
 */
const TIMEOUT_MS = 8_000;

/** Usage from metrics.k8s.io, which metrics-server serves and some others do. */
export const metricsServerUsage: UsageSource = {
  origin: 'metrics-server',
  reads: [apiRead('metrics.k8s.io', 'nodes', 'list'), apiRead('metrics.k8s.io', 'pods', 'list')],
  read: readMetrics,
};

async function readMetrics(request: UsageRequest): Promise<UsageAnswer> {
  const { namespace } = request;
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  try {
    const [nodes, pods] = await Promise.all([
      list(request, 'nodes', `${API}/nodes`, projectNodeMetrics),
      list(request, 'pods', `${API}${within}/pods`, projectPodMetrics),
    ]);
    return {
      through: 'metrics.k8s.io/v1beta1',
      nodes: nodes.map(({ node, usage, ...time }) => ({ node, ...usageOf(time, usage) })),
      containers: pods.flatMap(({ namespace: of, pod, containers, ...time }) =>
        containers.map(({ name, usage }) => ({
          namespace: of,
          pod,
          container: name,
          ...usageOf(time, usage),
        })),
      ),
      missing: missingOf(request.nodes, new Set(nodes.map(({ node }) => node))),
    };
  } catch (error) {
    if (!isSourceError(error, 'not-found')) throw error;
    throw new FactAbsence(
      'unsupported',
      'The cluster serves no metrics.k8s.io: metrics-server is not installed.',
    );
  }
}

function list<T>(
  { connection, signal }: UsageRequest,
  what: string,
  path: string,
  project: (item: unknown) => T | undefined,
): Promise<readonly T[]> {
  const operation = `list ${what}.metrics.k8s.io`;
  const limit = { ms: TIMEOUT_MS, signal, operation, target: connection.server };
  return withinTime(limit, (within) =>
    connection.list({ path, operation, signal: within }, project),
  );
}

function usageOf(time: MetricTime, { cpu, memory }: RawAmounts): Usage {
  const cpuCores = cpu === undefined ? undefined : quantityNumber(cpu);
  const workingSetBytes = memory === undefined ? undefined : quantityNumber(memory);
  return {
    ...time,
    ...(cpuCores !== undefined && { cpuCores }),
    ...(workingSetBytes !== undefined && { workingSetBytes }),
  };
}

function missingOf(nodes: readonly string[], known: ReadonlySet<string>): UsageReading['missing'] {
  return nodes
    .filter((node) => !known.has(node))
    .map((node) => ({
      node,
      why: 'metrics-server has nothing of it: it could not read its kubelet lately.',
    }));
}
