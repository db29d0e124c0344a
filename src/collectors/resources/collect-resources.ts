// SPDX-License-Identifier: Apache-2.0

import { type Fact, observed } from '#model/fact.ts';
import type { NodeInventory, PodInventory, ResourcePicture, UsePicture } from '#model/resources.ts';
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

/** The right that {@link collectPods} takes. */
export const POD_LIST_READS: readonly ApiRead[] = [apiRead('', 'pods', 'list')];

/** The rights that {@link collectUse} takes, but those of the origins of usage, which declare their own. */
export const USE_READS: readonly ApiRead[] = [apiRead('', 'nodes', 'list'), ...POD_LIST_READS];

/** The rights that {@link collectResources} takes on top of those. */
export const RULE_READS: readonly ApiRead[] = [
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

/** Reads the pods that there are, page by page, and no more. @throws SourceError on cancellation */
export async function collectPods(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<ResourcePicture['pods']> {
  return (await podsOf(new Reader(connection, signal))).fact;
}

/**
 * Reads what containers ask for and use, with the rules of namespaces about it. What cannot be read is an absent fact
 * with its reason.
 *
 * @throws SourceError when the API server cannot be talked to at all, and on cancellation
 */
export async function collectResources(
  connection: KubernetesConnection,
  options: ResourceOptions = {},
): Promise<ResourcePicture> {
  const { signal = new AbortController().signal } = options;
  const reader = new Reader(connection, signal);
  const within = pathWithin(options);
  const [use, limitRanges, quotas] = await Promise.all([
    collectUse(connection, { ...options, signal }),
    reader.list('limitranges', `/api/v1${within}/limitranges`, limitRangeItems),
    reader.list('resourcequotas', `/api/v1${within}/resourcequotas`, quotaItem),
  ]);
  const ranges = limitRanges.fact;
  return Object.freeze({
    ...use,
    limitRanges: ranges.state === 'absent' ? ranges : { ...ranges, value: ranges.value.flat() },
    quotas: quotas.fact,
  });
}

/**
 * Reads what containers ask for and use, page by page. What cannot be read is an absent fact with its reason.
 *
 * @throws SourceError when the API server cannot be talked to at all, and on cancellation
 */
export async function collectUse(
  connection: KubernetesConnection,
  options: ResourceOptions = {},
): Promise<UsePicture> {
  const { namespace, usage: sources = usageSourcesWith(options.prometheus) } = options;
  const { signal = new AbortController().signal } = options;
  const reader = new Reader(connection, signal);
  const nodes = reader.list('nodes', '/api/v1/nodes', nodeInventory);
  const pods = podsOf(reader, options);
  const usage = Promise.all([nodes, pods]).then(([of, on]) =>
    readUsage(sources, { connection, signal, namespace, nodes: nodeNames(of.fact, on.fact) }),
  );
  // Whatever fails here fails below, too.
  usage.catch(() => undefined);
  const [ofNodes, ofPods] = await Promise.all([nodes, pods]);
  // One of them alone leaves something to say; a missing right does as well.
  const isSilent = isSourceError(ofNodes.error) && isSourceError(ofPods.error);
  const isForbidden = [ofNodes, ofPods].some(({ error }) => isSourceError(error, 'forbidden'));
  if (isSilent && !isForbidden) throw ofNodes.error;
  return Object.freeze({
    nodes: ofNodes.fact,
    pods: ofPods.fact,
    usage: await usage,
    ...clocks(connection),
  });
}

/** What stands before a kind in the path of a list. */
function pathWithin({ namespace }: ResourceOptions): string {
  return namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
}

function podsOf(
  reader: Reader,
  options: ResourceOptions = {},
): Promise<Outcome<readonly PodInventory[]>> {
  return reader.list('pods', `/api/v1${pathWithin(options)}/pods`, new PodProjection().project);
}

function clocks(connection: KubernetesConnection): Pick<UsePicture, 'readAt' | 'serverAt'> {
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
