// SPDX-License-Identifier: Apache-2.0

import type {
  ContainerEnd,
  GonePod,
  KernelOomKill,
  OomContainer,
  OomFlannel,
  OomPicture,
  OomPod,
} from '#model/oom.ts';
import { parseQuantity } from '#model/quantity.ts';

import type { OomEvidence, OomKill } from './oom-report.ts';

/** A kill while its signs are being put together. */
export interface KillDraft extends Omit<OomKill, 'evidence'> {
  readonly containerId?: string;
  readonly evidence: readonly OomEvidence[];
}

/** Pods and containers of a picture by what the sources call them. */
export interface KillPlaces {
  readonly flannel: OomFlannel | undefined;
  readonly pods: readonly OomPod[];
  readonly podByUid: ReadonlyMap<string, OomPod>;
  /** Pods that are gone, of flannel's namespace. */
  readonly goneByUid: ReadonlyMap<string, GonePod>;
  isFlannel(pod: OomPod): boolean;
}

/** The places of a picture; what could not be read is empty. */
export function placesOf({ pods, gonePods, flannel }: OomPicture): KillPlaces {
  const list = pods.state === 'observed' ? pods.value : [];
  const gone = gonePods.state === 'observed' ? gonePods.value : [];
  const uids = new Set(flannel.state === 'observed' ? flannel.value.podUids : []);
  return {
    flannel: flannel.state === 'observed' ? flannel.value : undefined,
    pods: list,
    podByUid: new Map(list.map((pod) => [pod.uid, pod])),
    goneByUid: new Map(gone.map((pod) => [pod.uid, pod])),
    isFlannel: ({ uid }) => uids.has(uid),
  };
}

/** Where in a pod a kernel's kill was. */
export interface FoundContainer {
  readonly container: OomContainer;
  /** Whether that run of the container is the one that is there now. */
  readonly isCurrent: boolean;
  /** How it ended, when it has. */
  readonly end?: ContainerEnd;
}

/** The container of a pod that a container id is of; undefined when the status has forgotten it. */
export function containerOf(pod: OomPod, id: string | undefined): FoundContainer | undefined {
  if (id === undefined) return undefined;
  for (const container of pod.containers) {
    if (container.containerId === id && container.state === 'running') {
      return { container, isCurrent: true };
    }
    const end = container.ends.find(({ containerId }) => containerId === id);
    if (end !== undefined) return { container, isCurrent: false, end };
  }
  return undefined;
}

/** The limit of a container, bytes; undefined: none, or not a quantity. */
export function limitBytesOf({ limit }: OomContainer): number | undefined {
  const billionths = limit === undefined ? undefined : parseQuantity(limit);
  return billionths === undefined ? undefined : Number(billionths / BILLION);
}

const BILLION = 1_000_000_000n;

/** The kernel's own words, made short. */
export function kernelEvidence({
  process,
  pid,
  limitBytes,
  usageBytes,
  cause,
  stampSeconds,
}: KernelOomKill): OomEvidence {
  const memory =
    limitBytes === undefined || usageBytes === undefined
      ? ''
      : `, memory: usage ${kib(usageBytes)}, limit ${kib(limitBytes)}`;
  const what = cause === 'cgroup' ? 'Memory cgroup out of memory' : 'Out of memory';
  return {
    source: 'kernel-log',
    text: `[${stampSeconds.toFixed(6)}] ${what}: Killed process ${String(pid)} (${process})${memory}`,
  };
}

function kib(bytes: number): string {
  return `${String(Math.round(bytes / 1024))}kB`;
}

/** Milliseconds between two instants; infinite when one of them is not known. */
export function apartMs(a: string | undefined, b: string | undefined): number {
  const difference = Date.parse(a ?? '') - Date.parse(b ?? '');
  return Number.isNaN(difference) ? Infinity : Math.abs(difference);
}
