// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { ResourcePicture } from '#model/resources.ts';
import type { ClusterSize } from '../component-minimum.ts';
import { type ContainerGroup, containerGroups } from '../container-groups.ts';
import { type AmountInput, cpuAdvice, memoryAdvice } from './amounts.ts';
import { evidenceLines, missingLines, sizeLines } from './evidence-lines.ts';
import { type RecommendTarget, groupsOf } from './find-target.ts';
import { confidenceOf, gatherData } from './gather-data.ts';
import { amountCautions, limitDemand } from './limit-demand.ts';
import {
  RECOMMEND_SCHEMA_VERSION,
  type Recommendation,
  type RecommendReport,
} from './recommend-report.ts';

/** What is to be recommended. */
export interface RecommendRequest {
  readonly target: RecommendTarget;
  /** The target as it was asked for. */
  readonly text: string;
  /** Measurements from a history, of any containers; absent: there is none. */
  readonly series?: readonly MemorySeries[];
}

/** What to ask for and be held to, and why. Without any recommendation when nothing is meant. Pure. */
export function recommend(picture: ResourcePicture, request: RecommendRequest): RecommendReport {
  const { target, text, series = [] } = request;
  const pods = valueOr(picture.pods, []);
  const usage = valueOr(picture.usage, undefined);
  const meant = groupsOf(containerGroups(pods, usage?.containers ?? []), target);
  const size = { nodes: valueOr(picture.nodes, []).length, pods: pods.length };
  return {
    schemaVersion: RECOMMEND_SCHEMA_VERSION,
    kind: 'RecommendReport',
    readAt: picture.readAt,
    target: text,
    recommendations: byContainer(meant).map((groups) =>
      recommendation(picture, groups, seriesOf(series, groups[0]), size),
    ),
    notes: notesOf(picture),
  };
}

type Variants = readonly [ContainerGroup, ...ContainerGroup[]];

/** The variants of one container together, that of most pods first. */
function byContainer(groups: readonly ContainerGroup[]): readonly Variants[] {
  const found = new Map<string, [ContainerGroup, ...ContainerGroup[]]>();
  const largestFirst = groups.toSorted((a, b) => b.members.length - a.members.length);
  for (const group of largestFirst) {
    const { namespace, workload, container, role } = group;
    const key = JSON.stringify([namespace, workload.kind, workload.name, container, role]);
    const known = found.get(key);
    if (known === undefined) found.set(key, [group]);
    else known.push(group);
  }
  return [...found.values()];
}

function seriesOf(
  series: readonly MemorySeries[],
  { namespace, workload, container }: ContainerGroup,
): readonly MemorySeries[] {
  return series.filter(
    ({ key }) =>
      key.namespace === namespace &&
      key.container === container &&
      key.workload.kind === workload.kind &&
      // A static pod is grouped by its own name, and kept by that of its node.
      (workload.kind === 'Node'
        ? key.pod.startsWith(`${workload.name}-`)
        : key.workload.name === workload.name),
  );
}

function recommendation(
  picture: ResourcePicture,
  groups: Variants,
  series: readonly MemorySeries[],
  size: ClusterSize,
): Recommendation {
  const [{ namespace, workload, container, role, component, requests, limits }] = groups;
  const usage = valueOr(picture.usage, undefined);
  const data = gatherData({ groups, series, ...(usage && { origin: usage.origin }) });
  const confidence = confidenceOf(data, groups, picture.readAt);
  const base = {
    namespace,
    workload,
    container,
    role,
    ...(component !== undefined && { component }),
    pods: groups.reduce((sum, { members }) => sum + members.length, 0),
    now: { requests, limits },
    confidence,
    data,
    evidence: [...evidenceLines(data, groups, confidence), ...sizeLines(component, size)],
    missing: missingLines(data, confidence),
  };
  if (confidence === 'none') return { ...base, cautions: [] };
  const memoryDemand = limitDemand(picture, namespace, 'memoryBytes');
  const cpuDemand = limitDemand(picture, namespace, 'cpuCores');
  const input: AmountInput = {
    ...base,
    confidence,
    size,
    ...(memoryDemand !== undefined && { memoryDemand }),
    ...(cpuDemand !== undefined && { cpuDemand }),
  };
  const memory = memoryAdvice(input);
  const cpu = cpuAdvice(input);
  return {
    ...base,
    memory,
    ...(cpu !== undefined && { cpu }),
    cautions: amountCautions(picture, namespace, memory),
  };
}

function valueOr<T, E>(fact: Fact<T>, other: E): T | E {
  return fact.state === 'observed' ? fact.value : other;
}

function notesOf({ pods, nodes, usage, limitRanges, quotas }: ResourcePicture): readonly string[] {
  const absent = (what: string, fact: Fact<unknown>): readonly string[] =>
    fact.state === 'observed' ? [] : [`${what} ${fact.detail}`];
  return [
    ...absent('No workload is known.', pods),
    ...absent('Nothing was measured now.', usage),
    ...absent('How many nodes there are is not known.', nodes),
    ...absent('Whether a LimitRange bears on it is not known.', limitRanges),
    ...absent('Whether a quota asks for limits is not known.', quotas),
  ];
}
