// SPDX-License-Identifier: Apache-2.0

import { type ResourceOptions, collectResources } from '#collectors/resources/collect-resources.ts';
import type { ResourcePicture } from '#model/resources.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/**
 * The way from a kubeconfig to a picture of the cluster's resources: connects, collects, disconnects.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readResources(
  connection: ConnectOptions,
  options: ResourceOptions,
): Promise<ResourcePicture> {
  const cluster = await connect(connection);
  try {
    return await collectResources(cluster, options);
  } finally {
    cluster.close();
  }
}
