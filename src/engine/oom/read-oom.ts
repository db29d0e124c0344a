// SPDX-License-Identifier: Apache-2.0

import { collectSnapshot } from '#collectors/collect-snapshot.ts';
import { collectOom } from '#collectors/oom/collect-oom.ts';
import { chooseProbes } from '#engine/choose-probes.ts';
import { mayHaveTurnedOver } from '#engine/doubt-turnover.ts';
import { judge } from '#engine/judge.ts';
import { entriesStates } from '#engine/oom/entries-state.ts';
import type { ReadOptions } from '#engine/read-cluster.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { OomPicture } from '#model/oom.ts';
import { type OomScope, judgeOom } from '#resources/oom/judge-oom.ts';
import type { OomReport } from '#resources/oom/oom-report.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

const DEFAULT_NODE_TIMEOUT_MS = 10_000;
const DEFAULT_CONCURRENCY = 16;

/** What to read, and for what. */
export interface OomRequest extends ReadOptions {
  readonly signal: AbortSignal;
  /** Version of Selvage. */
  readonly toolVersion: string;
  /** What is asked about, once the pods are known. @throws whatever says that there is no such thing */
  readonly scope: (picture: OomPicture) => OomScope;
}

/**
 * Reads a cluster and its signs of kills for memory, checks what flannel has to hold at the same time, and judges.
 *
 * @throws SourceError when the cluster cannot be talked to at all, or on cancellation
 */
export async function readOom(connection: ConnectOptions, request: OomRequest): Promise<OomReport> {
  const { probe: mode = 'light', signal, toolVersion, scope, ...options } = request;
  const cluster = await connect(connection);
  try {
    const snapshot = await collectSnapshot(cluster, {
      ...options,
      signal,
      doubts: mayHaveTurnedOver,
      probing: { mode, choose: (facts) => chooseProbes(facts, mode) },
    });
    const picture = await collectOom(cluster, snapshot.cluster, {
      nodeTimeoutMs: options.nodeTimeoutMs ?? DEFAULT_NODE_TIMEOUT_MS,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      debugPods: options.debugPods,
      nodes: options.nodes,
      onLeftover: options.onLeftover,
      signal,
    });
    const report = judge(snapshot, {
      checks: CHECKS,
      toolVersion,
      ...(options.nodes !== undefined && { nodes: options.nodes }),
    });
    return judgeOom(picture, entriesStates(report, snapshot), scope(picture));
  } finally {
    cluster.close();
  }
}
