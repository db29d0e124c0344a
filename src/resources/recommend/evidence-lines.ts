// SPDX-License-Identifier: Apache-2.0

import { cpuAmount, memoryAmount } from '../amount-text.ts';
import type { ClusterSize } from '../component-minimum.ts';
import type { ContainerGroup } from '../container-groups.ts';
import type { ComponentName } from '../known-components.ts';
import { toldKills } from '../oom-kills.ts';
import { HEADROOM } from './amounts.ts';
import type { Confidence, DataSummary } from './recommend-report.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_KILLS = 3;

/** What a recommendation rests on, line by line. */
export function evidenceLines(
  data: DataSummary,
  groups: readonly ContainerGroup[],
  confidence: Confidence,
): readonly string[] {
  const { running, measured, origin, peakBytes, peakWithCacheBytes, peakCores } = data;
  const pods = `${String(measured)} of ${String(running)} running pods measured`;
  const through = origin === undefined ? '' : ` by ${origin}`;
  return [
    ...(peakBytes === undefined
      ? [`no working set is known: ${pods}`]
      : [`greatest working set seen: ${memoryAmount(peakBytes)} (${pods}${through})`]),
    ...(peakWithCacheBytes === undefined
      ? []
      : [`greatest use since a start, with file pages: ${memoryAmount(peakWithCacheBytes)}`]),
    ...(peakCores === undefined ? [] : [`greatest CPU seen: ${cpuAmount(peakCores)}`]),
    historyLine(data),
    ...killLines(groups),
    ...(confidence === 'none'
      ? []
      : [
          `headroom at this confidence: ${String(HEADROOM[confidence].request)} times the peak to ask for, ${String(HEADROOM[confidence].limit)} times for a limit`,
        ]),
  ];
}

function historyLine({ historyPoints, historySpanMs, startsSeen }: DataSummary): string {
  if (historyPoints === 0) return 'history: none, so this is one instant';
  const days = (historySpanMs / DAY_MS).toFixed(1);
  return `history: ${String(historyPoints)} points over ${days} days, ${String(startsSeen)} starts seen`;
}

function killLines(groups: readonly ContainerGroup[]): readonly string[] {
  const kills = groups.flatMap(toldKills);
  const more = kills.length - MOST_KILLS;
  return [
    ...kills.slice(0, MOST_KILLS).map(({ pod, finishedAt, limitBytes }) => {
      const when = finishedAt === undefined ? '' : ` at ${finishedAt}`;
      const limit =
        limitBytes === undefined
          ? 'without a limit'
          : `with a limit of ${memoryAmount(limitBytes)}`;
      return `OOM kill of ${pod}${when}, ${limit}`;
    }),
    ...(more > 0 ? [`and ${String(more)} OOM kills more`] : []),
  ];
}

/** How the size of the cluster bears on a component, line by line. */
export function sizeLines(
  component: ComponentName | undefined,
  { nodes, pods }: ClusterSize,
): readonly string[] {
  switch (component) {
    case 'flannel': {
      const peers = String(Math.max(0, nodes - 1));
      return [
        `cluster: ${String(nodes)} nodes, so ${peers} routes, neighbours and FDB entries of an address family on each; 64 KiB for each peer while flanneld starts, an estimate`,
      ];
    }
    case 'coredns':
      return [`cluster: ${String(pods)} pods; Services were not counted`];
    case 'metrics-server':
      return [`cluster: ${String(nodes)} nodes`];
    case 'kube-proxy':
    case undefined:
      return [];
  }
}

/** What is missing for more confidence, and how to get it. */
export function missingLines(data: DataSummary, confidence: Confidence): readonly string[] {
  const { running, measured, historySpanMs } = data;
  return [
    ...(running === 0 ? ['No pod runs it now: look at why before anything else.'] : []),
    ...(measured < running
      ? [
          `${String(running - measured)} of ${String(running)} running pods were not measured: see why with 'top pods', and install metrics-server where there is none.`,
        ]
      : []),
    ...(confidence !== 'high' && historySpanMs < 7 * DAY_MS
      ? [
          "A week of history, with a restart in it: 'record --every 5m' keeps one. One instant shows neither the peak nor the start.",
        ]
      : []),
  ];
}
