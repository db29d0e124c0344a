// SPDX-License-Identifier: Apache-2.0

import { collectSnapshot } from '#collectors/collect-snapshot.ts';
import { collectPod } from '#collectors/pod/collect-pod.ts';
import { chooseProbes } from '#engine/choose-probes.ts';
import { judge } from '#engine/judge.ts';
import type { ReadOptions } from '#engine/read-cluster.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { PodPicture } from '#model/pod-detail.ts';
import type { Report } from '#report/report.ts';
import type { ConnectOptions } from '#sources/kubernetes/connect-options.ts';
import { connect } from '#sources/kubernetes/connection.ts';

/** Which pod to look at, and how to check its node. */
export interface PodQuestion extends Omit<ReadOptions, 'nodes'> {
  readonly namespace: string;
  readonly name: string;
  /** Lines of each log. */
  readonly logLines: number;
  readonly signal: AbortSignal;
  /** Version of Selvage. */
  readonly toolVersion: string;
}

/** A pod, and what a check says of its node. */
export interface PodAnswer {
  readonly picture: PodPicture;
  /** Of that node alone; absent for a pod that runs on none. */
  readonly report?: Report;
}

/**
 * Reads a pod, and checks its node as `check --node` does.
 *
 * @throws SourceError when there is no such pod or it cannot be read, and on cancellation
 */
export async function readPod(
  connection: ConnectOptions,
  question: PodQuestion,
): Promise<PodAnswer> {
  const { namespace, name, logLines, toolVersion, probe: mode = 'light', ...options } = question;
  const { signal } = question;
  const cluster = await connect(connection);
  try {
    const picture = await collectPod(cluster, { namespace, name, logLines, signal });
    const { node } = picture.pod;
    if (node === undefined) return { picture };
    const nodes = [node];
    const snapshot = await collectSnapshot(cluster, {
      ...options,
      nodes,
      probing: { mode, choose: (facts) => chooseProbes(facts, mode) },
    });
    return { picture, report: judge(snapshot, { checks: CHECKS, toolVersion, nodes }) };
  } finally {
    cluster.close();
  }
}
