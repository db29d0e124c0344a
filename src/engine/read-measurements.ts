// SPDX-License-Identifier: Apache-2.0

import { ClusterReader } from '#collectors/cluster-reader.ts';
import { identityCollector } from '#collectors/identity/collector.ts';
import { collectUse } from '#collectors/resources/collect-resources.ts';
import type { UsePicture } from '#model/resources.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';
import { isSourceError, SourceError } from '#sources/source-error.ts';

/** What containers of a cluster use at one time, and which cluster it is. */
export interface Measurements {
  readonly picture: UsePicture;
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
      identityCollector.collect(reader).catch(asSourceError(connection.server)),
      collectUse(connection, { signal }),
    ]);
    const { uid, server } = cluster;
    return { picture, cluster: { server, ...(uid !== undefined && { uid }) } };
  } finally {
    connection.close();
  }
}

/** A server that does not say who it is may be a proxy that is up before what is behind it. */
function asSourceError(target: string): (error: unknown) => never {
  return (error) => {
    if (isSourceError(error)) throw error;
    throw new SourceError('not-json', { operation: 'get version', target, cause: error });
  };
}
