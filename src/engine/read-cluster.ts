// SPDX-License-Identifier: Apache-2.0

import { type CollectOptions, collectSnapshot } from '#collectors/collect-snapshot.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/**
 * The way from a kubeconfig to a snapshot: connects, collects, disconnects. What `judge` makes of it needs no
 * cluster any more.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readCluster(
  connection: ConnectOptions,
  options: CollectOptions,
): Promise<Snapshot> {
  const cluster = await connect(connection);
  try {
    return await collectSnapshot(cluster, options);
  } finally {
    cluster.close();
  }
}
