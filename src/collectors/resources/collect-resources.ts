// SPDX-License-Identifier: Apache-2.0

import { type Fact, observed } from '#model/fact.ts';
import type { NodeInventory, PodInventory, ResourcePicture } from '#model/resources.ts';
import { deepFreeze } from '#collectors/deep-freeze.ts';
import { type ApiRead, apiRead } from '#collectors/define-collector.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import {
  PodProjection,
  limitRangeItems,
  nodeInventory,
  quotaItem,
} from '#collectors/resources/inventory.ts';
import { readUsage } from '#collectors/resources/read-usage.ts';
import type { UsageSource } from '#collectors/resources/usage-source.ts';
import { usageSourcesWith } from '#collectors/resources/usage-sources.ts';
import { withinTime } from '#collectors/resources/within-time.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';
import { isSourceError } from '#sources/source-error.ts';

/** The right that the pods alone take. */
export const POD_INVENTORY_READS: readonly ApiRead[] = [apiRead('', 'pods', 'list')];

/** The rights that a picture takes, but those of its origins of usage, which declare their own. */
export const RESOURCE_READS: readonly ApiRead[] = [
  apiRead('', 'nodes', 'list'),
  ...POD_INVENTORY_READS,
  apiRead('', 'limitranges', 'list'),
  apiRead('', 'resourcequotas', 'list'),
];

/** What of the caller's wishes bears on a picture. */
export interface ResourceOptions {
  /** Pods, their usage and their rules in this namespace only; absent: in all. Nodes are read as a whole. */
  readonly namespace?: string | undefined;
  /** Where usage is looked for, the best first; empty: nowhere. Absent: in all origins that there are. */
  readonly usage?: readonly UsageSource[] | undefined;
  /** Without {@link usage}: a server with Prometheus' query API; absent: the cluster's own, if it has one. */
  readonly prometheus?: UrlTransportOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;

/**
 * Reads what containers ask for and use, page by page. What cannot be read is an absent fact with its reason.
 *
 * @throws SourceError when the API server cannot be talked to at all, and on cancellation
 */
export async function collectResources(
  connection: KubernetesConnection,
  options: ResourceOptions = {},
): Promise<ResourcePicture> {
  const { namespace, usage: sources = usageSourcesWith(options.prometheus) } = options;
  const signal = options.signal ?? new AbortController().signal;
  const reader = new Reader(connection, signal);
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const nodes = reader.list('nodes', '/api/v1/nodes', nodeInventory);
  const pods = reader.list('pods', `/api/v1${within}/pods`, new PodProjection().project);
  const usage = Promise.all([nodes, pods]).then(([of, on]) =>
    readUsage(sources, { connection, signal, namespace, nodes: nodeNames(of.fact, on.fact) }),
  );
  const rules = Promise.all([
    reader.list('limitranges', `/api/v1${within}/limitranges`, limitRangeItems),
    reader.list('resourcequotas', `/api/v1${within}/resourcequotas`, quotaItem),
  ]);
  const [ofNodes, ofPods, [limitRanges, quotas]] = await Promise.all([nodes, pods, rules]);
  // One of them alone leaves something to say; a missing right does as well.
  const isSilent = isSourceError(ofNodes.error) && isSourceError(ofPods.error);
  const isForbidden = [ofNodes, ofPods].some(({ error }) => isSourceError(error, 'forbidden'));
  usage.catch(() => undefined);
  if (isSilent && !isForbidden) throw ofNodes.error;
  const ranges = limitRanges.fact;
  return Object.freeze({
    nodes: ofNodes.fact,
    pods: ofPods.fact,
    usage: await usage,
    limitRanges: ranges.state === 'absent' ? ranges : { ...ranges, value: ranges.value.flat() },
    quotas: quotas.fact,
    ...clocks(connection),
  });
}

/**
 * Reads which pods there are, and what they ask for.
 *
 * @throws SourceError on cancellation
 */
export async function collectPodInventory(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<Fact<readonly PodInventory[]>> {
  const reader = new Reader(connection, signal);
  return (await reader.list('pods', '/api/v1/pods', new PodProjection().project)).fact;
}

function clocks(connection: KubernetesConnection): Pick<ResourcePicture, 'readAt' | 'serverAt'> {
  const now = Date.now();
  const aheadMs = connection.clockAheadMs();
  return {
    readAt: new Date(now).toISOString(),
    ...(aheadMs !== undefined && { serverAt: new Date(now + aheadMs).toISOString() }),
  };
}

/** Names of the nodes; without the right to list them, of those that pods run on. */
function nodeNames(
  nodes: Fact<readonly NodeInventory[]>,
  pods: Fact<readonly PodInventory[]>,
): readonly string[] {
  if (nodes.state === 'observed') return nodes.value.map(({ name }) => name);
  if (pods.state === 'absent') return [];
  const names = pods.value.map(({ node }) => node).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

interface Outcome<T> {
  readonly fact: Fact<T>;
  readonly error?: unknown;
}

/** Reads lists as facts. */
class Reader {
  readonly #connection: KubernetesConnection;
  readonly #signal: AbortSignal;

  constructor(connection: KubernetesConnection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** @throws SourceError when it was cancelled */
  async list<T>(
    what: string,
    path: string,
    project: (item: unknown) => T | undefined,
  ): Promise<Outcome<readonly T[]>> {
    const connection = this.#connection;
    const operation = `list ${what}`;
    const target = connection.server;
    try {
      const limit = { ms: TIMEOUT_MS, signal: this.#signal, operation, target };
      const items = await withinTime(limit, (signal) =>
        connection.list({ path, operation, signal }, project),
      );
      return { fact: observed(deepFreeze(items), new Date().toISOString()) };
    } catch (error) {
      if (isSourceError(error, 'cancelled')) throw error;
      return { fact: absenceOf(error), error };
    }
  }
}
