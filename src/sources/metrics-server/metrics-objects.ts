// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defined, listOf, text } from '#sources/kubernetes/objects/fields.ts';
import { amounts, type RawAmounts } from '#sources/kubernetes/objects/resource-fields.ts';
import { instantOf } from '#sources/instant.ts';
import { goDurationSeconds } from '#sources/metrics-server/go-duration.ts';

/** When a metric was measured, and over how long its CPU is the mean. */
export interface MetricTime {
  /** By the clock of the kubelet that measured, ISO-8601 UTC. */
  readonly at: string;
  readonly windowSeconds?: number;
}

/** Use of a node, as metrics.k8s.io has it: `memory` is the working set. */
export interface RawNodeMetrics extends MetricTime {
  readonly node: string;
  readonly usage: RawAmounts;
}

/** Use of a pod's containers, as metrics.k8s.io has it. */
export interface RawPodMetrics extends MetricTime {
  readonly namespace: string;
  readonly pod: string;
  readonly containers: readonly { readonly name: string; readonly usage: RawAmounts }[];
}

const name = z.string().check(z.minLength(1), z.maxLength(253));

const nodeSchema = z.object({
  metadata: z.object({ name }),
  timestamp: text,
  window: text,
  usage: amounts,
});

const podSchema = z.object({
  metadata: z.object({ name, namespace: name }),
  timestamp: text,
  window: text,
  containers: listOf(z.object({ name, usage: amounts })),
});

/** Reduces a NodeMetrics; undefined when it is none, or does not say of when it is. */
export function projectNodeMetrics(item: unknown): RawNodeMetrics | undefined {
  const result = nodeSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata, usage, ...time } = result.data;
  const at = timeOf(time);
  return at && { node: metadata.name, ...at, usage };
}

/** Reduces a PodMetrics; undefined when it is none, or does not say of when it is. */
export function projectPodMetrics(item: unknown): RawPodMetrics | undefined {
  const result = podSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata, containers, ...time } = result.data;
  const at = timeOf(time);
  return at && { namespace: metadata.namespace, pod: metadata.name, ...at, containers };
}

function timeOf({
  timestamp,
  window,
}: {
  readonly timestamp: string | undefined;
  readonly window: string | undefined;
}): MetricTime | undefined {
  const at = instantOf(timestamp);
  return at === undefined ? undefined : defined({ at, windowSeconds: goDurationSeconds(window) });
}
