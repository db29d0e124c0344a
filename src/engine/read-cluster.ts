// SPDX-License-Identifier: Apache-2.0

import { type CollectOptions, collectSnapshot } from '#collectors/collect-snapshot.ts';
import { chooseProbes } from '#engine/choose-probes.ts';
import { mayHaveTurnedOver } from '#engine/doubt-turnover.ts';
import type { ProbeMode } from '#model/probe.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/** What to read, and how. */
export interface ReadOptions extends Omit<CollectOptions, 'probing' | 'doubts'> {
  /** How much is probed once all nodes are read; default `light`. */
  readonly probe?: ProbeMode | undefined;
}

/**
 * The way from a kubeconfig to a snapshot: connects, collects, compares to choose the peers to probe, probes,
 * disconnects. What `judge` makes of it needs no cluster any more.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readCluster(
  connection: ConnectOptions,
  { probe: mode = 'light', ...options }: ReadOptions,
): Promise<Snapshot> {
  const cluster = await connect(connection);
  try {
    return await collectSnapshot(cluster, {
      ...options,
      doubts: mayHaveTurnedOver,
      probing: { mode, choose: (facts) => chooseProbes(facts, mode) },
    });
  } finally {
    cluster.close();
  }
}
