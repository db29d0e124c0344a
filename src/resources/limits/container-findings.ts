// SPDX-License-Identifier: Apache-2.0

import { cpuAmount, memoryAmount, percent } from '../amount-text.ts';
import { type ClusterSize, componentMinimum } from '../component-minimum.ts';
import type { ContainerGroup } from '../container-groups.ts';
import { toldKills } from '../oom-kills.ts';
import type {
  ContainerPlace,
  LimitedContainer,
  LimitsFinding,
  PodAmount,
} from './limits-report.ts';

/** From here on the next burst kills. */
const CRITICAL_RATIO = 0.95;
/** Use over a request that is told: requests are set by rule of thumb, and a little more is nothing. */
const ABOVE_REQUEST_RATIO = 1.2;
const MOST_KILLS = 3;

/** What a container is judged by. */
export interface JudgedContainer {
  readonly group: ContainerGroup;
  readonly row: LimitedContainer;
  readonly size: ClusterSize;
  readonly thresholdRatio: number;
}

/** Everything that is to be said of one container of a workload. */
export function containerFindings(judged: JudgedContainer): readonly LimitsFinding[] {
  return [
    nearMemoryLimit(judged),
    killedAtLimit(judged),
    belowMinimum(judged),
    nearCpuLimit(judged),
    aboveRequest(judged),
  ].filter((finding) => finding !== undefined);
}

type Judge = (judged: JudgedContainer) => LimitsFinding | undefined;

const nearMemoryLimit: Judge = ({ row, thresholdRatio }) => {
  const { memoryRatio, mostMemory, limits } = row;
  if (memoryRatio === undefined || memoryRatio < thresholdRatio || mostMemory === undefined) {
    return undefined;
  }
  return {
    kind: 'near-memory-limit',
    severity: memoryRatio >= CRITICAL_RATIO ? 'critical' : 'warning',
    place: placeOf(row),
    message: `It uses ${percent(memoryRatio)} of its memory limit of ${memoryAmount(limits.memoryBytes ?? 0)}.`,
    why: 'At the limit the kernel kills a process of the container, whatever the node has left.',
    evidence: [`${podText(mostMemory)}: working set ${memoryAmount(mostMemory.value)}`],
    next: nextStep(row),
  };
};

const killedAtLimit: Judge = ({ group, row }) => {
  const kills = toldKills(group).filter(({ limitBytes }) => limitBytes !== undefined);
  if (kills.length === 0) return undefined;
  const more = kills.length - MOST_KILLS;
  return {
    kind: 'killed-at-limit',
    severity: 'warning',
    place: placeOf(row),
    message: `It was killed for memory in ${counted(kills.length, 'pod')}, with the limit of ${memoryAmount(group.limits.memoryBytes ?? 0)} that it still has.`,
    why: 'What was too little once is too little again, unless what ate it is gone.',
    evidence: [
      ...kills
        .slice(0, MOST_KILLS)
        .map(
          ({ pod, node, finishedAt }) =>
            `${podText({ pod, ...(node !== undefined && { node }) })}: OOMKilled${finishedAt === undefined ? '' : ` at ${finishedAt}`}`,
        ),
      ...(more > 0 ? [`and ${counted(more, 'pod')} more`] : []),
    ],
    next: nextStep(row),
  };
};

const belowMinimum: Judge = ({ row, size }) => {
  const { component, limits, limitOrigin } = row;
  if (component === undefined || limits.memoryBytes === undefined) return undefined;
  const { bytes, reason } = componentMinimum(component, size);
  if (limits.memoryBytes >= bytes) return undefined;
  const range =
    limitOrigin?.from === 'limit-range'
      ? [
          `set by ${limitOrigin.limitRange === undefined ? 'a LimitRange' : `LimitRange ${limitOrigin.limitRange}`}${limitOrigin.certain ? '' : ', it seems'}`,
        ]
      : [];
  return {
    kind: 'limit-below-minimum',
    severity: 'warning',
    place: placeOf(row),
    message: `Its memory limit of ${memoryAmount(limits.memoryBytes)} is below the ${memoryAmount(bytes)} that ${component} is known to need in a cluster of this size.`,
    why: `${reason} A limit below the need is worse than none.`,
    evidence: range,
    next: nextStep(row),
  };
};

const nearCpuLimit: Judge = ({ row, thresholdRatio }) => {
  const { cpuRatio, mostCpu, limits, component } = row;
  if (cpuRatio === undefined || cpuRatio < thresholdRatio || mostCpu === undefined) {
    return undefined;
  }
  return {
    kind: 'near-cpu-limit',
    // A job that takes what it is given is as it should be; what the network waits for is not.
    severity: component === undefined ? 'info' : 'warning',
    place: placeOf(row),
    message: `It uses ${percent(cpuRatio)} of its CPU limit of ${cpuAmount(limits.cpuCores ?? 0)}.`,
    why: 'At the limit it is made to wait, although the node may be idle.',
    evidence: [`${podText(mostCpu)}: ${cpuAmount(mostCpu.value)}`],
    next: nextStep(row),
  };
};

const aboveRequest: Judge = ({ row }) => {
  const { mostMemory, requests } = row;
  const request = requests.memoryBytes;
  if (request === undefined || mostMemory === undefined) return undefined;
  if (mostMemory.value < request * ABOVE_REQUEST_RATIO) return undefined;
  return {
    kind: 'use-above-request',
    severity: 'info',
    place: placeOf(row),
    message: `It uses ${memoryAmount(mostMemory.value)} of memory and asks for ${memoryAmount(request)}.`,
    why: 'The scheduler plans with less than it takes, and under pressure the kubelet evicts such pods first.',
    evidence: [`${podText(mostMemory)}: working set ${memoryAmount(mostMemory.value)}`],
    next: nextStep(row),
  };
};

function placeOf({ namespace, workload, container, role }: LimitedContainer): ContainerPlace {
  return { namespace, workload, container, role };
}

function nextStep({ component, namespace, workload }: LimitedContainer): string {
  return `recommend ${component ?? `${namespace}/${workload.kind.toLowerCase()}/${workload.name}`}`;
}

function podText({ pod, node }: Omit<PodAmount, 'value'>): string {
  return node === undefined ? pod : `${pod} on ${node}`;
}

function counted(value: number, singular: string): string {
  return `${String(value)} ${singular}${value === 1 ? '' : 's'}`;
}
