// SPDX-License-Identifier: Apache-2.0

import { ClusterReader } from '#collectors/cluster-reader.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import { collectResources } from '#collectors/resources/collect-resources.ts';
import type { ResourcePicture } from '#model/resources.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/** What containers of a cluster use at one time, and which cluster it is. */
export interface Measurements {
  readonly picture: ResourcePicture;
  /** Without a UID where the namespace kube-system may not be read. */
  readonly cluster: { readonly uid?: string; readonly server: string };
}

/**
 * The way from a kubeconfig to measurements that can be kept: connects, collects, disconnects.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readMeasurements(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Measurements> {
  const connection = await connect(options);
  try {
    const reader = new ClusterReader(connection, signal);
    const [{ value: cluster }, picture] = await Promise.all([
      identityCollector.collect(reader),
      collectResources(connection, { signal }),
    ]);
    const { uid, server } = cluster;
    return { picture, cluster: { server, ...(uid !== undefined && { uid }) } };
  } finally {
    connection.close();
  }
}
