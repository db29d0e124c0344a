// SPDX-License-Identifier: Apache-2.0

import type { ContainerInventory, PodInventory, ResourceAmounts } from '#model/resources.ts';

/** One of the resources that are told. */
export type ResourceKey = keyof ResourceAmounts;

/** Whether a pod is over: it holds no resources any more. */
export function isDone({ phase }: PodInventory): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether a container is there for as long as its pod is. */
export function isLasting({ role }: ContainerInventory): boolean {
  return role !== 'init';
}

/**
 * What the scheduler counts for a pod: its lasting containers together, or what an init container needs beside the
 * sidecars before it, if that is more (kubernetes@v1.34.4:staging/src/k8s.io/component-helpers/resource/helpers.go).
 * Containers that say nothing count as zero.
 */
export function podTotal(
  containers: readonly ContainerInventory[],
  of: 'requests' | 'limits',
  key: ResourceKey,
): number {
  let sidecars = 0;
  let starting = 0;
  let apps = 0;
  for (const container of containers) {
    const amount = container[of][key] ?? 0;
    if (container.role === 'app') apps += amount;
    if (container.role === 'sidecar') sidecars += amount;
    if (container.role !== 'app') {
      starting = Math.max(starting, sidecars + (container.role === 'init' ? amount : 0));
    }
  }
  return Math.max(apps + sidecars, starting);
}

/** {@link podTotal}; undefined when a lasting container says nothing, so that the whole has no bound. */
export function podBound(
  containers: readonly ContainerInventory[],
  of: 'requests' | 'limits',
  key: ResourceKey,
): number | undefined {
  const isBounded = containers.filter(isLasting).every((each) => each[of][key] !== undefined);
  return isBounded ? podTotal(containers, of, key) : undefined;
}

/** Use of a bound; undefined when one of them is not known, or the bound is none. */
export function ratioOf(used: number | undefined, bound: number | undefined): number | undefined {
  return used === undefined || bound === undefined || bound <= 0 ? undefined : used / bound;
}

/** Drops the keys whose value is undefined, for types with exact optional properties. */
export function given<T extends object>(
  value: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof given<T>>;
}
