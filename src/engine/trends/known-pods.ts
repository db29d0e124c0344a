// SPDX-License-Identifier: Apache-2.0

import { imageVersion } from '#collectors/flannel/flannel-container.ts';
import { collectPods } from '#collectors/resources/collect-resources.ts';
import type { MemorySeries } from '#model/memory-series.ts';
import type { PodInventory, WorkloadRef } from '#model/resources.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { SourceError } from '#sources/source-error.ts';
import type { FlannelRun } from '#trends/advise-memory.ts';

/** Pods that there are, as far as trends need them, and what is not known of them. */
export interface KnownPods {
  /** By namespace and pod, joined by a slash. */
  readonly workloads: ReadonlyMap<string, WorkloadRef>;
  /** By namespace, pod and container, joined by slashes. */
  readonly images: ReadonlyMap<string, string>;
  /** Memory limits in bytes, by the same; those without one are not in it. */
  readonly limits: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** Reads which pods there are. What cannot be read is a note: measurements are there all the same. @throws SourceError on cancellation */
export async function knownPods(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<KnownPods> {
  const pods = await collectPods(connection, signal);
  if (pods.state === 'observed') return known(pods.value);
  return { ...known([]), notes: [note(pods.detail)] };
}

/** No pods, because the cluster could not be read. */
export function unknownPods({ message }: SourceError): KnownPods {
  return { ...known([]), notes: [note(message)] };
}

function known(pods: readonly PodInventory[]): KnownPods {
  const containers = pods.flatMap(({ namespace, name, containers: all }) =>
    all.map((each) => [`${namespace}/${name}/${each.name}`, each] as const),
  );
  const limits = containers.flatMap(([id, each]) => {
    const { memoryBytes } = each.limits;
    return memoryBytes === undefined ? [] : [[id, memoryBytes] as const];
  });
  return {
    workloads: new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.workload])),
    images: new Map(containers.map(([id, { image }]) => [id, image])),
    limits: new Map(limits),
    notes: [],
  };
}

function note(why: string): string {
  return `Pods were not read, so that workloads are known by the names of pods alone: ${why}`;
}

/** Whether a container is flannel's: by the name that every known distribution gives it, or by its image. */
export function isFlannel({ key }: MemorySeries, { images }: KnownPods): boolean {
  const image = images.get(`${key.namespace}/${key.pod}/${key.container}`) ?? '';
  return key.container === 'kube-flannel' || /(?:^|\/)(?:hardened-)?flanneld?[:@]/u.test(image);
}

/** What runs in a container that is flannel's; undefined for any other. */
export function flannelRun(series: MemorySeries, pods: KnownPods): FlannelRun | undefined {
  if (!isFlannel(series, pods)) return undefined;
  const { namespace, pod, container } = series.key;
  const version = imageVersion(pods.images.get(`${namespace}/${pod}/${container}`) ?? '');
  return version === undefined ? {} : { version };
}
