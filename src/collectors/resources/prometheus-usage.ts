// SPDX-License-Identifier: Apache-2.0

import type { ContainerUsage, NodeUsage, Usage, UsageReading } from '#model/resources.ts';
import { FactAbsence } from '#collectors/fact-absence.ts';
import {
  CPU_WINDOW_SECONDS,
  type UsageQueries,
  containerQueries,
  nodeQueries,
} from '#collectors/resources/usage-queries.ts';
import type { UsageAnswer, UsageRequest, UsageSource } from '#collectors/resources/usage-source.ts';
import { withinTime } from '#collectors/resources/within-time.ts';
import { PROMETHEUS_READS, findPrometheus } from '#sources/prometheus/find-service.ts';
import { namedServer } from '#sources/prometheus/named-server.ts';
import type { PrometheusServer } from '#sources/prometheus/prometheus-server.ts';
import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';
import { SourceError } from '#sources/source-error.ts';

/** For all queries together: it may be reached through the overlay, and be silent while that is broken. */
const TIMEOUT_MS = 20_000;
/** One answer of so many containers is below 64 MiB with the longest names that there are. */
const MAX_CONTAINERS = 100_000;

/**
 * Usage from the server at an address.
 *
 * @param timeoutMs for all queries together
 */
export function namedPrometheusUsage(
  options: UrlTransportOptions,
  timeoutMs: number = TIMEOUT_MS,
): UsageSource {
  const server = namedServer(options);
  return {
    origin: 'prometheus',
    reads: [],
    read: (request) => readWithin(request, timeoutMs, () => server),
  };
}

/** Usage from the server that the cluster has, if it has one. */
export const foundPrometheusUsage: UsageSource = {
  origin: 'prometheus',
  reads: PROMETHEUS_READS,
  read: (request) =>
    readWithin(request, TIMEOUT_MS, async (signal) => {
      const found = await findPrometheus(request.connection, signal);
      if (found !== undefined) return found;
      const detail = "No Service of a known name leads to a server with Prometheus' query API.";
      throw new FactAbsence('unsupported', detail);
    }),
};

function readWithin(
  request: UsageRequest,
  ms: number,
  serverOf: (signal: AbortSignal) => PrometheusServer | Promise<PrometheusServer>,
): Promise<UsageAnswer> {
  const { connection, signal } = request;
  const operation = 'query Prometheus';
  const limit = { ms, signal, operation, target: 'usage of containers' };
  // Its values are looked up by the clock of the cluster: ours may be wrong by more than they are kept for.
  const atMs = Date.now() + (connection.clockAheadMs() ?? 0);
  return withinTime(limit, async (within) => {
    const server = await serverOf(within);
    const ask = async (query: string): Promise<Answers> =>
      (await server.instant(query, atMs, within)).series.flatMap(({ labels, points }) => {
        const value = points[0]?.[1];
        return value === undefined || value < 0 ? [] : [{ labels, value }];
      });
    return answerFrom(ask, request, server.through);
  });
}

type Answers = readonly { readonly labels: Labels; readonly value: number }[];
type Labels = Readonly<Record<string, string>>;
type Ask = (query: string) => Promise<Answers>;

async function answerFrom(
  ask: Ask,
  { nodes: names, namespace }: UsageRequest,
  through: string,
): Promise<UsageAnswer> {
  const ofContainers = containerQueries(namespace);
  const [counted] = await ask(`count(${ofContainers.workingSet})`);
  const count = counted?.value ?? 0;
  if (count > MAX_CONTAINERS) {
    throw new SourceError('query-failed', {
      operation: `query ${through}`,
      target: `usage of ${String(count)} containers`,
      detail: `more than ${String(MAX_CONTAINERS)} at once; ask for one namespace`,
    });
  }
  const containers = (await measured(ask, ofContainers)).flatMap(containerOf);
  const nodes = (await measured(ask, nodeQueries())).flatMap((each) => nodeOf(each, names));
  return {
    through,
    nodes: lastOfEach(nodes, ({ node }) => node),
    containers: lastOfEach(containers, ({ namespace: of, pod, container }) =>
      [of, pod, container].join('/'),
    ),
    missing: missingOf(names, new Set(nodes.map(({ node }) => node))),
  };
}

interface Measured {
  readonly labels: Labels;
  readonly usage: Usage;
}

/** One after another: a server that serves a whole company is not to be asked five things at once. */
async function measured(ask: Ask, queries: UsageQueries): Promise<readonly Measured[]> {
  const workingSet = await ask(queries.workingSet);
  const at = byLabels(await ask(queries.at));
  const rss = byLabels(await ask(queries.rss));
  const cache = byLabels(await ask(queries.cache));
  const cpu = byLabels(await ask(queries.cpu));
  return workingSet.flatMap(({ labels, value: workingSetBytes }) => {
    const key = keyOf(labels);
    const atSeconds = at.get(key);
    // Between two queries a container may come to be known.
    if (atSeconds === undefined || atSeconds > MAX_SECONDS) return [];
    const [rssBytes, cacheBytes, cpuCores] = [rss.get(key), cache.get(key), cpu.get(key)];
    const usage: Usage = {
      at: new Date(Math.round(atSeconds * 1000)).toISOString(),
      workingSetBytes,
      ...(rssBytes !== undefined && { rssBytes }),
      ...(cacheBytes !== undefined && { cacheBytes }),
      ...(cpuCores !== undefined && { cpuCores, windowSeconds: CPU_WINDOW_SECONDS }),
    };
    return [{ labels, usage }];
  });
}

/** The last instant that a date can be, in seconds since 1970. */
const MAX_SECONDS = 8_640_000_000_000;

function byLabels(answers: Answers): ReadonlyMap<string, number> {
  return new Map(answers.map(({ labels, value }) => [keyOf(labels), value]));
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function containerOf({ labels, usage }: Measured): readonly ContainerUsage[] {
  const { namespace, pod, container } = labels;
  if (namespace === undefined || pod === undefined || container === undefined) return [];
  return [{ namespace, pod, container, ...usage }];
}

/** By the label `node`, or by what was scraped, if that is called as a node or so with a port. */
function nodeOf({ labels, usage }: Measured, names: readonly string[]): readonly NodeUsage[] {
  const { node: label, instance } = labels;
  const candidates = [label, instance, instance?.replace(/:\d+$/u, '')];
  const node = candidates.find((name) => name !== undefined && names.includes(name));
  return node === undefined ? [] : [{ node, ...usage }];
}

/** The newest value of each, for one that restarted may have two. */
function lastOfEach<T extends Usage>(all: readonly T[], idOf: (each: T) => string): readonly T[] {
  const last = new Map<string, T>();
  for (const each of all) {
    const id = idOf(each);
    if (Date.parse(last.get(id)?.at ?? '') >= Date.parse(each.at)) continue;
    last.set(id, each);
  }
  return [...last.values()];
}

function missingOf(nodes: readonly string[], known: ReadonlySet<string>): UsageReading['missing'] {
  const why =
    'Prometheus has nothing of it under its name: neither in the label node nor as instance.';
  return nodes.filter((node) => !known.has(node)).map((node) => ({ node, why }));
}
