// SPDX-License-Identifier: Apache-2.0

import { quantityNumber } from '#model/quantity.ts';
import type {
  ContainerInventory,
  ContainerRole,
  LimitRangeItem,
  NodeInventory,
  PodInventory,
  QosClass,
  QuotaItem,
  ResourceAmounts,
} from '#model/resources.ts';
import { workloadOf } from '#sources/kubernetes/objects/workload-of.ts';
import { defined } from '#sources/kubernetes/objects/fields.ts';
import {
  type RawContainerResources,
  projectPodResources,
} from '#sources/kubernetes/objects/pod-resources.ts';
import type { RawAmounts } from '#sources/kubernetes/objects/resource-fields.ts';
import {
  projectLimitRange,
  projectNodeResources,
  projectQuota,
} from '#sources/kubernetes/objects/resource-rules.ts';

const QOS_CLASSES: readonly QosClass[] = ['Guaranteed', 'Burstable', 'BestEffort'];

/** Keeps one of each of the values that thousands of pods have in common. */
export class PodProjection {
  readonly #texts = new Map<string, string>();
  readonly #objects = new Map<string, object>();

  /** A Pod as far as its resources go; undefined when it has no name. */
  readonly project = (item: unknown): PodInventory | undefined => {
    const raw = projectPodResources(item);
    if (raw === undefined) return undefined;
    return defined({
      namespace: this.#text(raw.namespace),
      name: raw.name,
      uid: raw.uid,
      workload: this.#same('workload', workloadOf(raw)),
      node: raw.node === undefined ? undefined : this.#text(raw.node),
      phase: raw.phase,
      createdAt: raw.createdAt,
      qosClass: QOS_CLASSES.find((known) => known === raw.qosClass),
      containers: raw.containers.map((container) => this.#container(container)),
    });
  };

  #container(raw: RawContainerResources): ContainerInventory {
    const { isInit, restartsAlways, requests, limits, ...same } = raw;
    const role: ContainerRole = !isInit ? 'app' : restartsAlways ? 'sidecar' : 'init';
    return {
      ...same,
      name: this.#text(raw.name),
      role,
      image: this.#text(raw.image),
      requests: this.#same('amounts', amountsOf(requests)),
      limits: this.#same('amounts', amountsOf(limits)),
    };
  }

  #same<T extends object>(kind: string, value: T): T {
    const key = `${kind} ${JSON.stringify(value)}`;
    // One kind always stands for one type: only the methods above call this.
    const known = this.#objects.get(key) as T | undefined;
    if (known === undefined) this.#objects.set(key, value);
    return known ?? value;
  }

  #text(value: string): string {
    const known = this.#texts.get(value);
    if (known === undefined) this.#texts.set(value, value);
    return known ?? value;
  }
}

/** CPU and memory of some amounts, under a prefix as quotas have it; what is no quantity is not there. */
function amountsOf(raw: RawAmounts, prefix = ''): ResourceAmounts {
  return defined({
    cpuCores: amountOf(raw[`${prefix}cpu`]),
    memoryBytes: amountOf(raw[`${prefix}memory`]),
  });
}

function amountOf(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : quantityNumber(quantity);
}

/** A Node as far as its resources go; undefined when it has no name. */
export function nodeInventory(item: unknown): NodeInventory | undefined {
  const raw = projectNodeResources(item);
  if (raw === undefined) return undefined;
  return defined({
    name: raw.name,
    allocatable: amountsOf(raw.allocatable),
    capacity: amountsOf(raw.capacity),
    maxPods: amountOf(raw.allocatable['pods']),
    ready: raw.ready,
  });
}

/** What a LimitRange says of containers; undefined when it is none. */
export function limitRangeItems(item: unknown): readonly LimitRangeItem[] | undefined {
  return projectLimitRange(item)?.map(({ namespace, name, ...raw }) => ({
    namespace,
    name,
    defaultRequests: amountsOf(raw.defaultRequests),
    defaultLimits: amountsOf(raw.defaultLimits),
    max: amountsOf(raw.max),
    min: amountsOf(raw.min),
  }));
}

/** A ResourceQuota; undefined when it is none. Bare `cpu` and `memory` are requests there. */
export function quotaItem(item: unknown): QuotaItem | undefined {
  const raw = projectQuota(item);
  if (raw === undefined) return undefined;
  const { namespace, name, hard, used } = raw;
  return {
    namespace,
    name,
    hardRequests: { ...amountsOf(hard), ...amountsOf(hard, 'requests.') },
    hardLimits: amountsOf(hard, 'limits.'),
    usedRequests: { ...amountsOf(used), ...amountsOf(used, 'requests.') },
    usedLimits: amountsOf(used, 'limits.'),
  };
}
