// SPDX-License-Identifier: Apache-2.0

import { purposesOf } from '#engine/document/known-workloads.ts';
import type { HealthFacts, HealthTrend } from '#engine/health/health-facts.ts';
import { workloadText } from '#engine/health/pod-items.ts';
import { countText } from '#expected/short-text.ts';
import type { ContainerUsage, PodInventory, UsageReading } from '#model/resources.ts';
import type { HealthItem } from '#report/health-report.ts';

const MIB = 2 ** 20;

function mebibytes(bytes: number): string {
  return `${String(Math.round(bytes / MIB))}Mi`;
}

function percent(ratio: number): string {
  return `${String(Math.round(ratio * 100))} %`;
}

/** A share of something that may be unknown or nothing. */
function ratioOf(use: number | undefined, of: number | undefined): number | undefined {
  return use === undefined || of === undefined || of === 0 ? undefined : use / of;
}

function notMeasured(
  { picture: { usage } }: HealthFacts,
  base: Pick<HealthItem, 'id' | 'title'>,
): HealthItem {
  const lines = usage.state === 'absent' ? [usage.detail] : [];
  return { ...base, state: 'unknown', summary: 'use could not be measured', lines };
}

/** What each node uses of what it can give to pods, the fullest first. */
export function nodeUseItem(facts: HealthFacts): HealthItem {
  const base = { id: 'node-use', title: 'Use of nodes' } as const;
  const { nodes, usage } = facts.picture;
  if (usage.state === 'absent' || nodes.state === 'absent') return notMeasured(facts, base);
  const allocatable = new Map(nodes.value.map((node) => [node.name, node.allocatable]));
  const rows = usage.value.nodes
    .map(({ node, workingSetBytes, cpuCores }) => {
      const { memoryBytes, cpuCores: cores } = allocatable.get(node) ?? {};
      const memory = ratioOf(workingSetBytes, memoryBytes);
      const cpu = ratioOf(cpuCores, cores);
      const use = workingSetBytes === undefined ? 'not measured' : mebibytes(workingSetBytes);
      const text = `${node}: memory ${use}${shareText(memory)}, CPU ${
        cpuCores === undefined ? 'not measured' : `${String(Math.round(cpuCores * 1000))}m`
      }${shareText(cpu)}`;
      return { text, memory: memory ?? -1, cpu: cpu ?? -1 };
    })
    .sort((a, b) => b.memory - a.memory);
  const full = rows.filter(({ memory }) => memory > facts.thresholdRatio);
  const busy = rows.filter(({ cpu }) => cpu > facts.thresholdRatio);
  const missing = usage.value.missing.map(({ node, why }) => `${node}: not measured. ${why}`);
  const above = percent(facts.thresholdRatio);
  const parts = [
    full.length === 0
      ? `no node above ${above} of its memory`
      : `${countText(full.length, 'node')} above ${above} of memory`,
    ...(busy.length === 0 ? [] : [`${countText(busy.length, 'node')} above ${above} of CPU`]),
    ...(missing.length === 0 ? [] : [`${countText(missing.length, 'node')} not measured`]),
  ];
  return {
    ...base,
    state:
      full.length > 0
        ? 'warning'
        : missing.length > 0
          ? 'unknown'
          : busy.length > 0
            ? 'note'
            : 'well',
    summary: parts.join(', '),
    lines: [...missing, ...rows.map(({ text }) => text)],
  };
}

function shareText(ratio: number | undefined): string {
  return ratio === undefined ? '' : ` (${percent(ratio)})`;
}

type Measured = ContainerUsage & { readonly workingSetBytes: number };

function measured({ containers }: UsageReading): readonly Measured[] {
  return containers.filter(
    (container): container is Measured => container.workingSetBytes !== undefined,
  );
}

function podKey({ namespace, pod }: Pick<ContainerUsage, 'namespace' | 'pod'>): string {
  return `${namespace}/${pod}`;
}

/** Containers that are near their memory limit, the nearest first. */
export function memoryLimitsItem(facts: HealthFacts): HealthItem {
  const base = { id: 'memory-limits', title: 'Memory near limits' } as const;
  const { pods, usage } = facts.picture;
  if (usage.state === 'absent' || pods.state === 'absent') return notMeasured(facts, base);
  const byName = new Map(pods.value.map((pod) => [podKey({ ...pod, pod: pod.name }), pod]));
  const limited = measured(usage.value).flatMap((use) => {
    const pod = byName.get(podKey(use));
    const container = pod?.containers.find(({ name }) => name === use.container);
    const ratio = ratioOf(use.workingSetBytes, container?.limits.memoryBytes);
    return pod === undefined || ratio === undefined
      ? []
      : [{ use, ratio, limit: container?.limits.memoryBytes ?? 0 }];
  });
  const near = limited
    .filter(({ ratio }) => ratio > facts.thresholdRatio)
    .sort((a, b) => b.ratio - a.ratio);
  const above = percent(facts.thresholdRatio);
  return {
    ...base,
    state: near.length > 0 ? 'warning' : 'well',
    summary: `${near.length === 0 ? 'none' : String(near.length)} of ${countText(limited.length, 'container')} with a limit above ${above} of it`,
    lines: near.map(
      ({ use, ratio, limit }) =>
        `${podKey(use)} (${use.container}): ${mebibytes(use.workingSetBytes)} of ${mebibytes(limit)} (${percent(ratio)})`,
    ),
  };
}

/** Pods that are told by name. */
const FULLEST = 10;

/** The pods that use the most memory. */
export function podUseItem(facts: HealthFacts): HealthItem {
  const base = { id: 'pod-use', title: 'Pods that use the most memory' } as const;
  const { usage } = facts.picture;
  if (usage.state === 'absent') return notMeasured(facts, base);
  const used = new Map<string, number>();
  for (const use of measured(usage.value)) {
    used.set(podKey(use), (used.get(podKey(use)) ?? 0) + use.workingSetBytes);
  }
  const fullest = [...used].sort(([, a], [, b]) => b - a).slice(0, FULLEST);
  return {
    ...base,
    state: 'well',
    summary: `${countText(used.size, 'pod')} measured through ${usage.value.through}`,
    lines: fullest.map(([name, bytes]) => `${name}: ${mebibytes(bytes)}`),
  };
}

/** What Flannel, CoreDNS and kube-proxy use of memory, a line for each workload. */
export function networkUseItem(facts: HealthFacts): HealthItem {
  const base = { id: 'network-use', title: 'Memory of Flannel, CoreDNS, kube-proxy' } as const;
  const { pods, usage } = facts.picture;
  if (usage.state === 'absent' || pods.state === 'absent') return notMeasured(facts, base);
  const purposes = purposesOf(facts.snapshot.cluster, pods.value);
  const used = new Map<string, number>();
  for (const use of measured(usage.value)) {
    used.set(podKey(use), (used.get(podKey(use)) ?? 0) + use.workingSetBytes);
  }
  const groups = new Map<string, number[]>();
  for (const [pod, purpose] of purposes) {
    const bytes = used.get(podKey({ ...pod, pod: pod.name }));
    if (bytes === undefined || purpose === 'metrics-server') continue;
    const name = workloadText(pod);
    groups.set(name, [...(groups.get(name) ?? []), bytes]);
  }
  const lines = [...groups].map(([name, values]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map(mebibytes);
    const range = least === most ? (most ?? '') : `${least ?? ''} to ${most ?? ''}`;
    return `${name}: ${countText(values.length, 'pod')}, ${range} each`;
  });
  return {
    ...base,
    state: lines.length === 0 ? 'unknown' : 'well',
    summary: lines.length === 0 ? 'none of them was measured' : countText(lines.length, 'workload'),
    lines,
  };
}

/** Whether metrics-server, where there is one, answers. */
export function metricsServerItem(facts: HealthFacts): HealthItem {
  const base = { id: 'metrics-server', title: 'metrics-server' } as const;
  const { pods, usage } = facts.picture;
  const isThere =
    pods.state === 'observed' &&
    [...purposesOf(facts.snapshot.cluster, pods.value)].some(
      ([pod, purpose]) => purpose === 'metrics-server' && isAlive(pod),
    );
  if (usage.state === 'observed' && usage.value.origin === 'metrics-server') {
    const newest = usage.value.nodes
      .map(({ at }) => at)
      .sort()
      .at(-1);
    const summary = newest === undefined ? 'it answers' : `it answers, newest value of ${newest}`;
    return { ...base, state: 'well', summary, lines: [] };
  }
  const why =
    usage.state === 'absent'
      ? usage.detail
      : usage.value.passedOver.find(({ origin }) => origin === 'metrics-server')?.why;
  const lines = why === undefined ? [] : [why];
  return isThere
    ? { ...base, state: 'warning', summary: 'it runs and serves nothing that can be used', lines }
    : { ...base, state: 'note', summary: 'there is none that serves', lines };
}

function isAlive({ phase }: PodInventory): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed';
}

/** Flannel's memory week by week. */
export function trendItem({ trend }: HealthFacts): HealthItem {
  return historyItem({ id: 'trend', title: "Flannel's memory by week" }, trend);
}

/** What nodes as a whole used week by week. */
export function nodeTrendItem({ nodeTrend }: HealthFacts): HealthItem {
  return historyItem({ id: 'node-trend', title: 'Memory of nodes by week' }, nodeTrend);
}

function historyItem(base: Pick<HealthItem, 'id' | 'title'>, trend: HealthTrend): HealthItem {
  return 'why' in trend
    ? { ...base, state: 'note', summary: trend.why, lines: [] }
    : { ...base, state: 'well', summary: 'from the history', lines: trend.lines };
}
