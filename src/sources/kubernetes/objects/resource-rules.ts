// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { listOf, metadata, text } from '#sources/kubernetes/objects/fields.ts';
import { amounts, type RawAmounts } from '#sources/kubernetes/objects/resource-fields.ts';

/** A Node as far as its resources go, with quantities as the API writes them. */
export interface RawNodeResources {
  readonly name: string;
  readonly allocatable: RawAmounts;
  readonly capacity: RawAmounts;
  readonly ready: boolean;
}

/** What a LimitRange says of containers. */
export interface RawLimitRange {
  readonly namespace: string;
  readonly name: string;
  readonly defaultRequests: RawAmounts;
  readonly defaultLimits: RawAmounts;
  readonly max: RawAmounts;
  readonly min: RawAmounts;
}

/** What a ResourceQuota allows and has given out. */
export interface RawQuota {
  readonly namespace: string;
  readonly name: string;
  readonly hard: RawAmounts;
  readonly used: RawAmounts;
}

const nodeSchema = z.object({
  metadata,
  status: z.catch(
    z.object({
      allocatable: amounts,
      capacity: amounts,
      conditions: listOf(z.object({ type: z.string(), status: z.string() })),
    }),
    () => ({ allocatable: {}, capacity: {}, conditions: [] }),
  ),
});

/** Reduces a Node to its resources; undefined when it has no name. */
export function projectNodeResources(item: unknown): RawNodeResources | undefined {
  const result = nodeSchema.safeParse(item);
  if (!result.success) return undefined;
  const { allocatable, capacity, conditions } = result.data.status;
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return { name: result.data.metadata.name, allocatable, capacity, ready };
}

const limitRangeSchema = z.object({
  metadata,
  spec: z.object({
    limits: listOf(
      z.object({
        type: text,
        default: amounts,
        defaultRequest: amounts,
        max: amounts,
        min: amounts,
      }),
    ),
  }),
});

/** The limits of a LimitRange that are for containers, one each; those of pods and volumes are none of ours. */
export function projectLimitRange(item: unknown): readonly RawLimitRange[] | undefined {
  const result = limitRangeSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec } = result.data;
  return spec.limits
    .filter(({ type }) => type === 'Container')
    .map(({ default: defaultLimits, defaultRequest: defaultRequests, max, min }) => ({
      namespace: meta.namespace ?? '',
      name: meta.name,
      defaultRequests,
      defaultLimits,
      max,
      min,
    }));
}

const quotaSchema = z.object({
  metadata,
  spec: z.catch(z.object({ hard: amounts }), () => ({ hard: {} })),
  status: z.catch(z.object({ hard: amounts, used: amounts }), () => ({ hard: {}, used: {} })),
});

/** Reduces a ResourceQuota; undefined when it has no name. */
export function projectQuota(item: unknown): RawQuota | undefined {
  const result = quotaSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec, status } = result.data;
  const { namespace = '', name } = meta;
  return { namespace, name, hard: { ...spec.hard, ...status.hard }, used: status.used };
}
