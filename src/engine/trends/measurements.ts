// SPDX-License-Identifier: Apache-2.0

import { stateFile } from '#audit/state-file.ts';
import { ClusterReader } from '#collectors/cluster-reader.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import type { MemoryScope } from '#collectors/memory-series/memory-queries.ts';
import { prometheusMemory } from '#collectors/memory-series/prometheus-memory.ts';
import type { KnownPods } from '#engine/trends/known-pods.ts';
import { HistoryStore } from '#history/history-store.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { PrometheusServer } from '#sources/prometheus/prometheus-server.ts';
import type { TrendReport } from '#trends/trend-report.ts';

/** For which containers and time measurements are wanted. */
export interface MeasurementWish {
  readonly scope: MemoryScope;
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
}

/** Measurements, and where they come from. */
export interface Measurements extends Pick<TrendReport, 'origin' | 'through' | 'stepMs' | 'notes'> {
  readonly series: readonly MemorySeries[];
}

/** Asks a server with the query API. @throws SourceError */
export async function askedMeasurements(
  server: PrometheusServer,
  { workloads, limits }: KnownPods,
  { scope, ...wish }: MeasurementWish,
): Promise<Measurements> {
  const { series, stepMs, unusable } = await prometheusMemory(server, {
    ...scope,
    ...wish,
    workloads,
    limits,
  });
  const notes =
    unusable === 0 ? [] : [`${String(unusable)} values were no numbers, and were left out.`];
  return { origin: 'prometheus', through: server.through, stepMs, notes, series };
}

/**
 * Looks into the cluster's history on this machine.
 *
 * @returns undefined when there is none
 * @throws SourceError when the cluster does not say which it is; HistoryError when the file cannot be used
 */
export async function keptMeasurements(
  connection: KubernetesConnection,
  env: Readonly<Record<string, string | undefined>>,
  { scope, fromMs, toMs, signal }: MeasurementWish,
): Promise<Measurements | undefined> {
  const identity = await identityCollector.collect(new ClusterReader(connection, signal));
  const file = stateFile(env, identity.value, 'history');
  const store = HistoryStore.openToRead(file);
  if (store === undefined) return undefined;
  try {
    const series = store.series(scope, fromMs, toMs);
    return { origin: 'history', through: file, notes: [], series };
  } finally {
    store.close();
  }
}
