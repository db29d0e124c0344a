// SPDX-License-Identifier: Apache-2.0

import type { UsageReading } from '#model/resources.ts';
import { apiRead } from '#collectors/define-collector.ts';
import { FactAbsence, absenceOf } from '#collectors/fact-absence.ts';
import { mapLimited } from '#collectors/map-limited.ts';
import type { UsageAnswer, UsageRequest, UsageSource } from '#collectors/resources/usage-source.ts';
import { withinTime } from '#collectors/resources/within-time.ts';
import { parseResourceMetrics } from '#sources/kubelet/resource-metrics.ts';
import { type KubeletStats, parseStatsSummary } from '#sources/kubelet/stats-summary.ts';
import { isSourceError } from '#sources/source-error.ts';

const NODE_TIMEOUT_MS = 5_000;
const AT_ONCE = 16;

/**
 * Usage from each node's kubelet, through the API server: works where no metrics-server is. Its right is a strong
 * one, for the same path leads to a kubelet's exec; so it is not in the reader's role unless it is asked for.
 */
export const kubeletUsage: UsageSource = {
  origin: 'kubelet',
  reads: [apiRead('', 'nodes/proxy', 'get')],
  read: readKubelets,
};

type Outcome =
  | { readonly node: string; readonly stats: KubeletStats }
  | { readonly node: string; readonly why: string };

async function readKubelets(request: UsageRequest): Promise<UsageAnswer> {
  if (request.nodes.length === 0) {
    throw new FactAbsence('failed', 'Which nodes there are is not known.');
  }
  const outcomes = await mapLimited(request.nodes, { atOnce: AT_ONCE }, (node) =>
    outcomeOf(request, node),
  );
  const read = outcomes.filter((outcome) => 'stats' in outcome);
  const missing = outcomes.filter((outcome) => 'why' in outcome);
  const [first] = missing;
  if (read.length === 0 && first !== undefined) throw new FactAbsence('failed', first.why);
  return answerOf(read, missing, request.namespace);
}

function answerOf(
  read: readonly Extract<Outcome, { stats: KubeletStats }>[],
  missing: UsageReading['missing'],
  namespace: string | undefined,
): UsageAnswer {
  return {
    through: 'nodes/proxy of the API server',
    nodes: read.flatMap(({ node, stats }) => (stats.node ? [{ node, ...stats.node }] : [])),
    containers: read.flatMap(({ stats }) =>
      stats.containers.filter((each) => namespace === undefined || each.namespace === namespace),
    ),
    missing,
  };
}

/** @throws SourceError without the right, for then no other node will answer either, and when it was cancelled */
async function outcomeOf(request: UsageRequest, node: string): Promise<Outcome> {
  try {
    return { node, stats: await statsOf(request, node) };
  } catch (error) {
    if (isSourceError(error, 'forbidden', 'cancelled')) throw error;
    return { node, why: absenceOf(error).detail };
  }
}

/** The summary, or from a kubelet that does not serve it the lesser metrics. */
async function statsOf({ connection, signal }: UsageRequest, node: string): Promise<KubeletStats> {
  const proxy = `/api/v1/nodes/${encodeURIComponent(node)}/proxy`;
  const operation = `get nodes/proxy of ${node}`;
  const limit = { ms: NODE_TIMEOUT_MS, signal, operation, target: connection.server };
  return withinTime(limit, async (within) => {
    const request = { operation, signal: within };
    try {
      const summary = await connection.get({
        ...request,
        path: `${proxy}/stats/summary`,
        query: { only_cpu_and_memory: 'true' },
      });
      const stats = parseStatsSummary(summary);
      if (stats?.node !== undefined) return stats;
    } catch (error) {
      if (!isSourceError(error, 'not-found', 'not-json')) throw error;
    }
    const text = await connection.text({ ...request, path: `${proxy}/metrics/resource` });
    return parseResourceMetrics(text, new Date().toISOString());
  });
}
