// SPDX-License-Identifier: Apache-2.0

import { readIdentifiedResources } from '#engine/read-resources.ts';
import type { ResourcePicture } from '#model/resources.ts';
import { type ContainerGroup, containerGroups } from '#resources/container-groups.ts';
import {
  type RecommendTarget,
  groupsOf,
  parseTarget,
  workloadNames,
} from '#resources/recommend/find-target.ts';
import { recommend } from '#resources/recommend/recommend.ts';
import type { RecommendReport } from '#resources/recommend/recommend-report.ts';

import { connectOptions } from '../check/live-services.ts';
import { rethrow } from '../check/run-check.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { Io } from '../io.ts';
import { type PrometheusFlags, prometheusOf } from '../prometheus-flags.ts';
import { UsageError } from '../usage-error.ts';
import { keptSeries } from './kept-series.ts';

/**
 * Reads the cluster and computes what a workload should have.
 *
 * @throws UsageError for a workload that is none, is not there, or is meant by several; SourceError
 */
export async function readRecommendation(
  text: string,
  flags: ConnectionFlags & PrometheusFlags,
  io: Io,
): Promise<RecommendReport> {
  const target = parseTarget(text);
  if (target === undefined) {
    throw new UsageError(
      `'${text}' names no workload.`,
      'Write flannel, coredns, kube-proxy, metrics-server, NAMESPACE/NAME or NAMESPACE/KIND/NAME.',
    );
  }
  const options = { ...connectOptions(flags), env: io.env };
  const wish = { prometheus: prometheusOf(flags), signal: io.signal };
  const read = await readIdentifiedResources(options, wish).catch(rethrow);
  const groups = meantGroups(read.picture, target, text, io);
  const { series, why } = await keptSeries(read, groups, io);
  const report = recommend(read.picture, { target, text, series });
  if (why === undefined) return report;
  return { ...report, notes: [...report.notes, `The history was not read. ${why}`] };
}

function meantGroups(
  { pods }: ResourcePicture,
  target: RecommendTarget,
  text: string,
  { program }: Io,
): readonly ContainerGroup[] {
  // Then nothing is recommended, and a note says why.
  if (pods.state === 'absent') return [];
  const groups = groupsOf(containerGroups(pods.value, []), target);
  const names = workloadNames(groups);
  if (names.length === 0) {
    throw new UsageError(
      target.component === 'flannel'
        ? 'No DaemonSet runs flannel here. Where it is part of another program, as in k3s, it has no requests and limits of its own.'
        : `No running pod belongs to ${text}.`,
      `List the workloads that there are: ${program} limits --all`,
    );
  }
  if (target.component !== undefined || names.length === 1) return groups;
  throw new UsageError(
    `Several workloads are called ${text}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''}.`,
    'Name one of them in full.',
  );
}
