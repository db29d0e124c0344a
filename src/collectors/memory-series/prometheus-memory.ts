// SPDX-License-Identifier: Apache-2.0

import type { MemorySeries } from '#model/memory-series.ts';
import type { WorkloadRef } from '#model/resources.ts';
import { type ContainerAnswers, seriesOf } from '#collectors/memory-series/answered-series.ts';
import { memoryQueries, type MemoryScope } from '#collectors/memory-series/memory-queries.ts';
import type { AnsweredSeries } from '#sources/prometheus/answer.ts';
import type { PrometheusServer } from '#sources/prometheus/prometheus-server.ts';
import { SourceError } from '#sources/source-error.ts';

/** Of which containers memory is asked, and for which time. */
export interface MemoryRequest extends MemoryScope {
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
  /** Workloads by namespace and pod, joined by a slash; pods that are not in it are known by their names alone. */
  readonly workloads?: ReadonlyMap<string, WorkloadRef>;
  /**
   * Memory limits in bytes of the containers that there are, by namespace, pod and container, joined by slashes: for
   * those of which the server has none. A container keeps its limit as long as its pod lives, but for a resize in
   * place.
   */
  readonly limits?: ReadonlyMap<string, number>;
}

/** Memory as a server with the query API has it. */
export interface AnsweredMemory {
  readonly series: readonly MemorySeries[];
  /** Time between two points, milliseconds. */
  readonly stepMs: number;
  /** Values that were NaN or infinite, and were left out. */
  readonly unusable: number;
}

/** Points that one query may come to, so that its answer stays below 64 MiB. */
const MAX_POINTS = 1_000_000;
/** Pods that are gone are not counted; so many more may there have been. */
const GONE = 2;
/** Prometheus refuses more than 11,000 points of a series (prometheus@v3.5:web/api/v1/api.go). */
const MAX_POINTS_OF_SERIES = 10_000;
const LEAST_STEP_MS = 5 * 60_000;
/** Four points a day are the fewest that tell a day's median. */
const MOST_STEP_MS = 6 * 3_600_000;

/**
 * Memory of containers with their restarts and limits.
 *
 * @throws SourceError when the server does not answer, or holds more than can be taken; RangeError when a name of the
 * request can be none of Kubernetes
 */
export async function prometheusMemory(
  server: PrometheusServer,
  request: MemoryRequest,
): Promise<AnsweredMemory> {
  const { signal, fromMs, toMs, workloads } = request;
  const { count } = memoryQueries(request, LEAST_STEP_MS);
  const counted = await server.instant(count, toMs, signal);
  const containers = counted.series[0]?.points[0]?.[1] ?? 0;
  const stepMs = stepOf(containers, toMs - fromMs, server.through);
  const queries = memoryQueries(request, stepMs);
  const range = { fromMs, toMs, stepMs };
  const workingSet = await server.range(queries.workingSet, range, signal);
  const ask = async (query: string): Promise<ReadonlyMap<string, AnsweredSeries>> =>
    byContainer((await server.range(query, range, signal)).series);
  // One after another: a server that serves a whole company is not to be asked five things at once.
  const peaks = await ask(queries.peak);
  const restarts = await ask(queries.restarts);
  const starts = await ask(queries.starts);
  const limits = await ask(queries.limits);
  const series = [...byContainer(workingSet.series)].flatMap(([id, answered]) => {
    const answers: ContainerAnswers = {
      workingSet: answered,
      peaks: peaks.get(id),
      restarts: restarts.get(id),
      starts: starts.get(id),
      limits: limits.get(id),
      declaredLimit: request.limits?.get(id),
    };
    return seriesOf(answers, workloads) ?? [];
  });
  return { series, stepMs, unusable: workingSet.unusable };
}

/** The closest step whose answer stays in bounds. */
function stepOf(containers: number, spanMs: number, through: string): number {
  const bySeries = spanMs / MAX_POINTS_OF_SERIES;
  const byAll = (spanMs * containers * GONE) / MAX_POINTS;
  const stepMs = Math.ceil(Math.max(LEAST_STEP_MS, bySeries, byAll) / 60_000) * 60_000;
  if (stepMs <= MOST_STEP_MS) return stepMs;
  throw new SourceError('query-failed', {
    operation: `query ${through}`,
    target: `memory of ${String(containers)} containers`,
    detail: `more than ${String(MAX_POINTS)} points with four a day`,
  });
}

/** Answers by namespace, pod and container. A container that was scraped in two ways has two: the longer one is taken. */
function byContainer(all: readonly AnsweredSeries[]): ReadonlyMap<string, AnsweredSeries> {
  const found = new Map<string, AnsweredSeries>();
  for (const series of all) {
    const { namespace = '', pod = '', container = '' } = series.labels;
    const id = `${namespace}/${pod}/${container}`;
    if ((found.get(id)?.points.length ?? 0) < series.points.length) found.set(id, series);
  }
  return found;
}
