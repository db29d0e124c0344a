// SPDX-License-Identifier: Apache-2.0

import { observed } from '#model/fact.ts';
import type {
  ContainerUsage,
  NodeInventory,
  PodInventory,
  ResourcePicture,
  WorkloadRef,
} from '#model/resources.ts';

/** A pod with one container and what was measured of it. */
export interface MeasuredPod {
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly workload?: WorkloadRef;
  readonly container?: string;
  readonly node?: string;
  readonly restartCount?: number;
  readonly startedAt?: string;
  readonly limitBytes?: number;
  /** Absent: no memory was measured. */
  readonly workingSetBytes?: number;
  readonly cpuCores?: number;
  /** Default: the time of the picture. */
  readonly measuredAt?: string;
}

/** When the rounds of writers begin, milliseconds since 1970. */
export const ROUNDS_BEGIN_MS: number = Date.parse('2026-01-01T00:00:00Z');

/** What is between two rounds, milliseconds. */
export const ROUND_MS = 300_000;

/** Pods that use another amount of memory in each round, and restart once in a while. */
export function measuredPods(count: number, round: number, prefix = 'pod'): MeasuredPod[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}-${String(index)}`,
    uid: `${prefix}-${String(index)}-a3c1b0-0000-4000-8000-000000000000`,
    workload: { kind: 'Deployment', name: `workload-${String(index % 40)}` },
    restartCount: Math.floor((round + index) / 500),
    limitBytes: 2 ** 28,
    workingSetBytes: 2 ** 26 + ((round * 7919 + index * 104_729) % 2 ** 24),
    cpuCores: ((round + index) % 100) / 1000,
  }));
}

/** A node and what was measured of it. */
export interface MeasuredNode {
  readonly name: string;
  readonly workingSetBytes: number;
  /** What pods may have of its memory; absent: the node is not listed. */
  readonly allocatableBytes?: number;
}

/** A picture of a cluster at an instant in which metrics-server measured these pods and nodes. */
export function pictureOf(
  atMs: number,
  pods: readonly MeasuredPod[],
  nodes: readonly MeasuredNode[] = [],
): ResourcePicture {
  const readAt = new Date(atMs).toISOString();
  const reading = {
    origin: 'metrics-server',
    through: 'metrics.k8s.io/v1beta1',
    nodes: nodes.map(({ name, workingSetBytes }) => ({ node: name, at: readAt, workingSetBytes })),
    containers: pods.map((pod) => usageOf(pod, readAt)),
    missing: [],
    passedOver: [],
  } as const;
  return {
    readAt,
    nodes: observed(nodes.flatMap(listedNode), readAt),
    pods: observed(pods.map(inventoryOf), readAt),
    usage: observed(reading, readAt),
    limitRanges: observed([], readAt),
    quotas: observed([], readAt),
  };
}

function listedNode({ name, allocatableBytes }: MeasuredNode): readonly NodeInventory[] {
  if (allocatableBytes === undefined) return [];
  return [{ name, allocatable: { memoryBytes: allocatableBytes }, capacity: {}, ready: true }];
}

function inventoryOf(pod: MeasuredPod): PodInventory {
  const { namespace = 'default', name, uid = `uid-of-${name}`, container = 'app' } = pod;
  const { workload = { kind: 'Pod', name }, node = 'node1', restartCount = 0, startedAt } = pod;
  const limits = pod.limitBytes === undefined ? {} : { memoryBytes: pod.limitBytes };
  return {
    namespace,
    name,
    uid,
    workload,
    node,
    phase: 'Running',
    createdAt: '2026-01-01T00:00:00Z',
    containers: [
      {
        name: container,
        role: 'app',
        image: 'registry.example/app:1',
        requests: {},
        limits,
        ready: true,
        restartCount,
        state: 'running',
        ...(startedAt !== undefined && { startedAt }),
      },
    ],
  };
}

function usageOf(pod: MeasuredPod, readAt: string): ContainerUsage {
  const { namespace = 'default', name, container = 'app', measuredAt = readAt } = pod;
  const { workingSetBytes, cpuCores } = pod;
  return {
    at: measuredAt,
    namespace,
    pod: name,
    container,
    ...(workingSetBytes !== undefined && { workingSetBytes }),
    ...(cpuCores !== undefined && { cpuCores }),
  };
}
