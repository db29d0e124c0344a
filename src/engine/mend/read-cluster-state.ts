// SPDX-License-Identifier: Apache-2.0

import { collectUse } from '#collectors/resources/collect-resources.ts';
import { metricsServerUsage } from '#collectors/resources/metrics-server-usage.ts';
import type { UsePicture } from '#model/resources.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/** Nodes, pods and what nodes use. */
export type ClusterState = Pick<UsePicture, 'nodes' | 'pods' | 'usage'>;

/**
 * Reads how the cluster fares after an emergency. Usage comes from metrics-server or not at all: kubelets are not
 * asked for it one by one then.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readClusterState(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<ClusterState> {
  const connection = await connect(options);
  try {
    const { nodes, pods, usage } = await collectUse(connection, {
      usage: [metricsServerUsage],
      signal,
    });
    return { nodes, pods, usage };
  } finally {
    connection.close();
  }
}
