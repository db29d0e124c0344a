// SPDX-License-Identifier: Apache-2.0

import { ClusterReader, type FlannelPlace } from '#collectors/cluster-reader.ts';
import { collectUse } from '#collectors/resources/collect-resources.ts';
import { type CgroupReadings, readCgroups } from '#collectors/resources/read-cgroups.ts';
import { usageSourcesWith } from '#collectors/resources/usage-sources.ts';
import type { UsePicture, UsageOrigin } from '#model/resources.ts';
import { topOf, type TopOptions } from '#resources/top/top-of.ts';
import type { TopReport } from '#resources/top/top-report.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { type KubernetesConnection, connect } from '#sources/kubernetes/connection.ts';
import type { UrlTransportOptions } from '#sources/prometheus/url-transport.ts';
import { SourceError } from '#sources/source-error.ts';

/** What to list, and where to read it. */
export interface TopRequest extends Pick<TopOptions, 'kind' | 'order' | 'threshold' | 'top'> {
  /** Pods of this namespace only; absent: of all. Flannel's pods are looked for everywhere. */
  readonly namespace?: string | undefined;
  readonly flannel?: FlannelPlace | undefined;
  /** Usage from this origin only; absent: from the best that has any. */
  readonly from?: UsageOrigin | undefined;
  /** A server with Prometheus' query API; absent: the cluster's own, if it has one. */
  readonly prometheus?: UrlTransportOptions | undefined;
  /** Whether to read the cgroup files of the containers that are shown. */
  readonly withCgroups: boolean;
  readonly signal: AbortSignal;
}

/** Containers named one by one whose files could not be read. */
const MAX_NAMED = 3;

/**
 * The way from a kubeconfig to a list of who uses how much: connects, collects, disconnects, orders.
 *
 * @throws SourceError when the cluster cannot be talked to at all, on cancellation, and (`unsupported`) when Flannel's
 *   pods are asked for and there are none
 */
export async function readTop(options: ConnectOptions, request: TopRequest): Promise<TopReport> {
  const connection = await connect(options);
  try {
    const { picture, only } = await pictureOf(connection, request);
    const report = topOf(picture, { ...request, only });
    if (!request.withCgroups) return report;
    const cgroups = await readCgroups(connection, targetsOf(report), request.signal);
    const more = topOf(picture, { ...request, only, cgroups: cgroups.readings });
    return { ...more, unknown: [...more.unknown, ...unreadOf(cgroups)] };
  } finally {
    connection.close();
  }
}

interface Pictured {
  readonly picture: UsePicture;
  readonly only?: ReadonlySet<string>;
}

async function pictureOf(
  connection: KubernetesConnection,
  { kind, namespace, flannel, from, prometheus, signal }: TopRequest,
): Promise<Pictured> {
  const usage = usageSourcesWith(prometheus).filter(({ origin }) => (from ?? origin) === origin);
  if (kind !== 'flannel') {
    const within = kind === 'nodes' ? undefined : namespace;
    return { picture: await collectUse(connection, { usage, namespace: within, signal }) };
  }
  const reader = new ClusterReader(connection, signal, { flannel });
  const found = await reader.flannel();
  if (found === undefined) {
    throw new SourceError('unsupported', {
      operation: 'find flannel',
      target: connection.server,
      detail: 'Flannel runs in no pod of this cluster',
    });
  }
  const pods = await reader.flannelPods();
  const place = { usage, namespace: found.workload.namespace, signal };
  return {
    picture: await collectUse(connection, place),
    only: new Set(pods.map(({ uid }) => uid)),
  };
}

/** The containers that are shown and run, as far as anybody knows. */
function targetsOf({ rows }: TopReport): Parameters<typeof readCgroups>[1] {
  return rows.flatMap(({ namespace, name, container, node }) =>
    namespace === undefined || container === undefined || node === undefined
      ? []
      : [{ namespace, pod: name, container }],
  );
}

function unreadOf({ missing }: CgroupReadings): readonly string[] {
  const named = missing.slice(0, MAX_NAMED);
  const rest = missing.length - named.length;
  return [
    ...named.map(
      ({ namespace, pod, container, why }) =>
        `Peak of ${namespace}/${pod}/${container} is not known: ${why}`,
    ),
    ...(rest > 0 ? [`Peak of ${String(rest)} more containers is not known.`] : []),
  ];
}
