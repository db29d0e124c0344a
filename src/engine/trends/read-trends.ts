// SPDX-License-Identifier: Apache-2.0

import {
  flannelRun,
  isFlannel,
  type KnownPods,
  knownPods,
  unknownPods,
} from '#engine/trends/known-pods.ts';
import {
  askedMeasurements,
  keptMeasurements,
  type Measurements,
  type MeasurementWish,
} from '#engine/trends/measurements.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect, type KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { findPrometheus } from '#sources/prometheus/find-service.ts';
import { namedServer } from '#sources/prometheus/named-server.ts';
import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';
import { isSourceError } from '#sources/source-error.ts';
import { describeTrends } from '#trends/describe-trends.ts';
import type { TrendOrigin, TrendReport } from '#trends/trend-report.ts';

/** Of what a trend is wanted, and from where. */
export interface TrendWish extends MeasurementWish {
  /** Flannel's containers only. */
  readonly flannel: boolean;
  /** This origin and no other; absent: the cluster's Prometheus, else the history. */
  readonly from?: TrendOrigin;
  /** A server to ask; absent: the cluster's own, if it has one. */
  readonly prometheus?: UrlTransportOptions;
}

/** Options of a connection, with the environment that says where the history lies. */
export type TrendConnection = ConnectOptions & {
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * Reads what was measured of containers, and judges it.
 *
 * @returns undefined when nothing keeps measurements of this cluster
 * @throws SourceError when the server or the cluster cannot be asked; HistoryError when the history cannot be used
 */
export async function readTrends(
  options: TrendConnection,
  wish: TrendWish,
): Promise<TrendReport | undefined> {
  const named = wish.prometheus === undefined ? undefined : namedServer(wish.prometheus);
  const connection = await connect(options).catch((error: unknown) => {
    if (named !== undefined && isSourceError(error)) return error;
    throw error;
  });
  if (isSourceError(connection)) {
    if (named === undefined) throw connection;
    const pods = unknownPods(connection);
    return described(await askedMeasurements(named, pods, wish), pods, wish);
  }
  try {
    const pods = await knownPods(connection, wish.signal);
    const measured =
      named === undefined
        ? await measurements(connection, { pods, env: options.env }, wish)
        : await askedMeasurements(named, pods, wish);
    return measured && described(measured, pods, wish);
  } finally {
    connection.close();
  }
}

interface Around {
  readonly pods: KnownPods;
  readonly env: TrendConnection['env'];
}

/** From the cluster's Prometheus; from the history when there is none, or when it does not answer. */
async function measurements(
  connection: KubernetesConnection,
  { pods, env }: Around,
  wish: TrendWish,
): Promise<Measurements | undefined> {
  if (wish.from === 'history') return keptMeasurements(connection, env, wish);
  let failure: Error | undefined;
  try {
    const server = await findPrometheus(connection, wish.signal);
    if (server !== undefined) return await askedMeasurements(server, pods, wish);
  } catch (error) {
    if (!isSourceError(error) || wish.signal.aborted || wish.from === 'prometheus') throw error;
    failure = error;
  }
  if (wish.from === 'prometheus') return undefined;
  const kept = await keptMeasurements(connection, env, wish);
  if (failure === undefined) return kept;
  if (kept === undefined) throw failure;
  return { ...kept, notes: [`Prometheus was not asked with success: ${failure.message}`] };
}

function described(measured: Measurements, pods: KnownPods, wish: TrendWish): TrendReport {
  const { series, ...origin } = measured;
  // Names of other workloads may begin like the one that was asked for.
  const isWanted = (each: MemorySeries): boolean =>
    (wish.scope.workload ?? each.key.workload.name) === each.key.workload.name &&
    (!wish.flannel || isFlannel(each, pods));
  return describeTrends(series.filter(isWanted), {
    ...origin,
    notes: [...pods.notes, ...measured.notes],
    fromMs: wish.fromMs,
    toMs: wish.toMs,
    flannelOf: (each) => flannelRun(each, pods),
  });
}
