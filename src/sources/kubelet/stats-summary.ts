// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { instantOf } from '#sources/instant.ts';
import { count, defined, text } from '#sources/kubernetes/objects/fields.ts';

/** What a kubelet measured of a node or a container. A field that is absent was not told. */
export interface KubeletUsage {
  /** By the kubelet's clock, ISO-8601 UTC. */
  readonly at: string;
  readonly cpuCores?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
}

/** Use of one container. */
export interface KubeletContainerUsage extends KubeletUsage {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a kubelet tells of its node. */
export interface KubeletStats {
  /** Absent: it told nothing of the node as a whole. */
  readonly node?: KubeletUsage;
  readonly containers: readonly KubeletContainerUsage[];
}

const measured = z.catch(
  z.optional(
    z.object({ time: text, usageNanoCores: count, workingSetBytes: count, rssBytes: count }),
  ),
  undefined,
);

type Measured = z.infer<typeof measured>;

const containerSchema = z.object({ name: z.string(), cpu: measured, memory: measured });

const podSchema = z.object({
  podRef: z.object({ name: z.string(), namespace: z.string() }),
  containers: z.catch(z.array(z.unknown()), []),
});

// Not by `listOf`: a node may run more pods than an object has elements.
const schema = z.object({
  node: z.catch(z.object({ cpu: measured, memory: measured }), () => NOTHING),
  pods: z.catch(z.array(z.unknown()), []),
});

const NOTHING = { cpu: undefined, memory: undefined };

/**
 * Reads the kubelet's `/stats/summary` (kubernetes/kubelet@v0.34.0:pkg/apis/stats/v1alpha1/types.go); undefined when
 * it is none.
 */
export function parseStatsSummary(body: unknown): KubeletStats | undefined {
  const result = schema.safeParse(body);
  if (!result.success) return undefined;
  const { node, pods } = result.data;
  return defined({
    node: usageOf(node.cpu, node.memory),
    containers: pods.flatMap((pod) => containersOf(pod)),
  });
}

function containersOf(item: unknown): readonly KubeletContainerUsage[] {
  const pod = podSchema.safeParse(item);
  if (!pod.success) return [];
  const { name, namespace } = pod.data.podRef;
  return pod.data.containers.flatMap((each) => {
    const container = containerSchema.safeParse(each);
    if (!container.success) return [];
    const usage = usageOf(container.data.cpu, container.data.memory);
    return usage === undefined
      ? []
      : [{ namespace, pod: name, container: container.data.name, ...usage }];
  });
}

function usageOf(cpu: Measured, memory: Measured): KubeletUsage | undefined {
  const at = instantOf(memory?.time ?? cpu?.time);
  if (at === undefined) return undefined;
  const nanoCores = cpu?.usageNanoCores;
  return defined({
    at,
    cpuCores: nanoCores === undefined ? undefined : nanoCores / 1e9,
    workingSetBytes: memory?.workingSetBytes,
    rssBytes: memory?.rssBytes,
  });
}
