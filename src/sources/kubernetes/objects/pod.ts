// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ContainerStatus, PodObject } from '#model/cluster.ts';
import {
  NO_STATE,
  optionalState,
  stateOf,
  terminationOf,
} from '#sources/kubernetes/objects/container-state.ts';
import {
  count,
  defined,
  flag,
  listOf,
  metadata,
  text,
  textMap,
} from '#sources/kubernetes/objects/fields.ts';
import { type PodTemplate, projectPodTemplate } from '#sources/kubernetes/objects/pod-template.ts';
import { nonEmpty } from '#sources/plain-text.ts';

const podSchema = z.object({
  metadata,
  spec: z.catch(
    z.object({
      nodeName: text,
      containers: listOf(
        z.object({
          name: z.string(),
          resources: z.catch(z.optional(z.object({ limits: textMap })), undefined),
        }),
      ),
    }),
    () => ({ nodeName: undefined, containers: [] }),
  ),
  status: z.catch(
    z.object({
      phase: text,
      reason: text,
      podIP: text,
      podIPs: listOf(z.object({ ip: z.string() })),
      conditions: listOf(z.object({ type: z.string(), status: z.string() })),
      containerStatuses: listOf(
        z.object({
          name: z.string(),
          ready: flag,
          restartCount: count,
          state: optionalState,
          lastState: optionalState,
        }),
      ),
    }),
    () => ({
      phase: undefined,
      reason: undefined,
      podIP: undefined,
      podIPs: [],
      conditions: [],
      containerStatuses: [],
    }),
  ),
});

type RawPod = z.infer<typeof podSchema>;
type RawStatus = RawPod['status']['containerStatuses'][number];

/** A pod that may be flannel's, with what tells whether it is. */
export interface PodWithTemplate {
  readonly pod: PodObject;
  readonly template: PodTemplate;
  /** Name of the DaemonSet that owns the pod; absent when none does. */
  readonly daemonSet?: string;
}

const ownedSchema = z.object({
  metadata: z.object({
    ownerReferences: listOf(z.object({ kind: z.string(), name: z.string() })),
  }),
  spec: z.unknown(),
});

/** Reduces a Pod, keeping of its spec what tells whether it runs flanneld; undefined when it has no name. */
export function projectPodWithTemplate(item: unknown): PodWithTemplate | undefined {
  const pod = projectPod(item);
  const owned = ownedSchema.safeParse(item);
  const template = owned.success ? projectPodTemplate(owned.data.spec) : undefined;
  if (pod === undefined || template === undefined || !owned.success) return undefined;
  const owner = owned.data.metadata.ownerReferences.find(({ kind }) => kind === 'DaemonSet');
  return { pod, template, ...(owner !== undefined && { daemonSet: owner.name }) };
}

/** Reduces a Pod to what checks read; undefined when it has no name. */
export function projectPod(item: unknown): PodObject | undefined {
  const result = podSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec, status } = result.data;
  const ips = status.podIPs.map(({ ip }) => ip);
  return defined({
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid ?? '',
    nodeName: nonEmpty(spec.nodeName),
    phase: status.phase ?? 'Unknown',
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    createdAt: meta.creationTimestamp ?? '',
    deletingSince: meta.deletionTimestamp,
    podIPs: ips.length > 0 ? ips : status.podIP ? [status.podIP] : [],
    containers: spec.containers.map(({ name, resources }) =>
      containerOf(
        name,
        resources?.limits['memory'],
        status.containerStatuses.find((candidate) => candidate.name === name),
      ),
    ),
  });
}

function containerOf(
  name: string,
  memoryLimit: string | undefined,
  status: RawStatus | undefined,
): ContainerStatus {
  if (status === undefined) {
    return defined({ name, ready: false, restartCount: 0, state: 'unknown', memoryLimit } as const);
  }
  const { running, waiting, terminated } = status.state ?? NO_STATE;
  return defined({
    name,
    ready: status.ready ?? false,
    restartCount: status.restartCount ?? 0,
    state: stateOf(status.state),
    reason: waiting?.reason ?? terminated?.reason,
    startedAt: running?.startedAt,
    terminated: terminationOf(terminated),
    lastTerminated: terminationOf(status.lastState?.terminated),
    memoryLimit,
  });
}
