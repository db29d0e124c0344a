// SPDX-License-Identifier: Apache-2.0

import type { ResourceAmounts } from '#model/resources.ts';
import { MEBIBYTE } from '../amount-text.ts';
import { type ClusterSize, componentMinimum, flannelPeerBytes } from '../component-minimum.ts';
import type { ComponentName } from '../known-components.ts';
import type { Confidence, CpuAdvice, DataSummary, MemoryAdvice } from './recommend-report.ts';

/** What the amounts are computed from. */
export interface AmountInput {
  readonly component?: ComponentName;
  readonly now: { readonly requests: ResourceAmounts; readonly limits: ResourceAmounts };
  readonly data: DataSummary;
  readonly confidence: Exclude<Confidence, 'none'>;
  readonly size: ClusterSize;
  /** Why a limit has to be there, one sentence; absent where none has to. */
  readonly memoryDemand?: string;
  readonly cpuDemand?: string;
}

/** On top of the peak: the less is known of it, the more. */
export const HEADROOM: Readonly<
  Record<Exclude<Confidence, 'none'>, { readonly request: number; readonly limit: number }>
> = {
  high: { request: 1.15, limit: 1.5 },
  medium: { request: 1.3, limit: 2 },
  low: { request: 1.5, limit: 3 },
};

const LEAST_REQUEST = 32 * MEBIBYTE;
/** A kill says that the limit was too little, not by how much. */
const AFTER_KILL = 2;
/** What is asked for already stays when it is not more than so many times of what it should be. */
const CLOSE_ENOUGH = 1.5;

const LEAST_CORES = 0.01;
const COMPONENT_CORES: Partial<Readonly<Record<ComponentName, number>>> = {
  flannel: 0.1,
  coredns: 0.1,
  'metrics-server': 0.1,
};
const CPU_HEADROOM = { high: 1.3, medium: 1.5, low: 2 } as const;
const CPU_LIMIT_OF_REQUEST = 5;

/** Memory to ask for and to be held to. Never less than what was seen, or than what ran before a kill. */
export function memoryAdvice(input: AmountInput): MemoryAdvice {
  const { component, now, data, confidence, size } = input;
  const killedAt = data.killedAtBytes ?? 0;
  const peak = Math.max(data.peakBytes ?? 0, killedAt);
  // File pages can be taken back: they make a limit roomier, and are nothing to ask for.
  const limitPeak = Math.max(peak, data.peakWithCacheBytes ?? 0);
  const headroom = HEADROOM[confidence];
  const askFor = roundedBytes(
    Math.max(peak * headroom.request, leastRequest(component, size), LEAST_REQUEST),
  );
  const requestBytes = settled(askFor, now.requests.memoryBytes, confidence);
  const least = component === undefined ? 0 : componentMinimum(component, size).bytes;
  const leastLimitBytes = roundedBytes(
    Math.max(limitPeak * headroom.limit, killedAt * AFTER_KILL, least, requestBytes),
  );
  const reason = whyNone(input);
  if (reason !== undefined) return { requestBytes, limitReason: reason, leastLimitBytes };
  const limitBytes = Math.max(
    settled(leastLimitBytes, now.limits.memoryBytes, confidence),
    requestBytes,
  );
  return { requestBytes, limitBytes, limitReason: whyLimit(input), leastLimitBytes };
}

/** What each component asks for by its own manifest or documentation, bytes. */
function leastRequest(component: ComponentName | undefined, size: ClusterSize): number {
  switch (component) {
    case 'flannel':
      return Math.max(50 * MEBIBYTE, 40 * MEBIBYTE + flannelPeerBytes(size));
    case 'coredns':
      return 70 * MEBIBYTE;
    case 'metrics-server':
      return componentMinimum('metrics-server', size).bytes;
    case 'kube-proxy':
    case undefined:
      return 0;
  }
}

/**
 * What is there stays when it is near enough. Weak evidence lowers nothing: what is there may have been set for a
 * reason that one instant does not show.
 */
function settled(wanted: number, now: number | undefined, confidence: Confidence): number {
  if (now === undefined || now < wanted) return wanted;
  return confidence === 'low' || now <= wanted * CLOSE_ENOUGH ? now : wanted;
}

function whyNone({
  component,
  memoryDemand,
  now,
  data,
  confidence,
}: AmountInput): string | undefined {
  if (memoryDemand !== undefined) return undefined;
  switch (component) {
    case 'flannel':
      return 'A limit can only kill flanneld or an iptables that it starts, which count together; what it holds grows with the nodes, not with traffic. Its manifest has had none since v0.21.0.';
    case 'kube-proxy':
      return 'What it holds grows with the Services, and without it their rules go stale: kubeadm ships it without a limit.';
    case 'metrics-server':
      return 'What it holds grows with the nodes: its manifest has requests and no limit.';
    case 'coredns':
    case undefined:
      break;
  }
  if (data.kills > 0 && data.killedAtBytes === undefined && now.limits.memoryBytes === undefined) {
    return 'It was killed without having a limit, so its node was out of memory: a limit would only make that more likely. The request is what keeps memory for it.';
  }
  return confidence === 'low' && now.limits.memoryBytes === undefined
    ? 'It has none, and the evidence is too weak to set one: a limit that is too low kills.'
    : undefined;
}

function whyLimit({ component, memoryDemand, data }: AmountInput): string {
  const killed =
    data.killedAtBytes === undefined
      ? ''
      : ' It was killed, so it is at least twice the limit then.';
  if (memoryDemand !== undefined) return `${memoryDemand}${killed}`;
  return component === 'coredns'
    ? `Its cache is bounded, and another replica answers while one restarts: a limit with headroom is right.${killed}`
    : `With headroom over its peak it keeps a leak from taking the node's memory.${killed}`;
}

/** CPU to ask for; undefined when none was measured. A limit only where one has to be. */
export function cpuAdvice(input: AmountInput): CpuAdvice | undefined {
  const { component, now, data, confidence, cpuDemand } = input;
  if (data.peakCores === undefined) return undefined;
  const least = component === undefined ? LEAST_CORES : (COMPONENT_CORES[component] ?? LEAST_CORES);
  const askFor = roundedCores(Math.max(data.peakCores * CPU_HEADROOM[confidence], least));
  const requestCores = settled(askFor, now.requests.cpuCores, confidence);
  if (cpuDemand === undefined) {
    const limitReason =
      'A CPU limit makes it wait while the node may be idle; the request is what it gets when the node is busy.';
    return { requestCores, limitReason };
  }
  const limit = roundedCores(requestCores * CPU_LIMIT_OF_REQUEST);
  return {
    requestCores,
    limitCores: settled(limit, now.limits.cpuCores, confidence),
    limitReason: cpuDemand,
  };
}

/** Up to whole 10 MiB below a gibibyte, else to whole 128 MiB: more digits would claim more than is known. */
function roundedBytes(bytes: number): number {
  const unit = (bytes < 1024 * MEBIBYTE ? 10 : 128) * MEBIBYTE;
  return Math.ceil(bytes / unit) * unit;
}

/** Up to whole 5 millicores. */
function roundedCores(cores: number): number {
  return Math.ceil((cores * 1000) / 5 - 1e-9) / 200;
}
