// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ContainerEnd, OomContainer, OomPod } from '#model/oom.ts';
import {
  count,
  defined,
  flag,
  listOf,
  metadata,
  text,
} from '#sources/kubernetes/objects/fields.ts';
import { workloadOf, type WorkloadTraces } from '#sources/kubernetes/objects/workload-of.ts';
import { nonEmpty } from '#sources/plain-text.ts';

const endSchema = z.catch(
  z.optional(
    z.object({
      containerID: text,
      reason: text,
      exitCode: z.number(),
      startedAt: text,
      finishedAt: text,
    }),
  ),
  undefined,
);

const specs = listOf(
  z.object({
    name: z.string(),
    resources: z.catch(
      z.object({ limits: z.catch(z.object({ memory: text }), () => NO_LIMITS) }),
      () => ({ limits: NO_LIMITS }),
    ),
  }),
);

const statuses = listOf(
  z.object({
    name: z.string(),
    restartCount: count,
    containerID: text,
    state: z.catch(
      z.object({
        running: z.catch(z.optional(z.object({ startedAt: text })), undefined),
        waiting: z.catch(z.optional(z.object({})), undefined),
        terminated: endSchema,
      }),
      () => NO_STATE,
    ),
    lastState: z.catch(z.object({ terminated: endSchema }), () => NO_STATE),
  }),
);

const NO_LIMITS = { memory: undefined };
const NO_STATE = { running: undefined, waiting: undefined, terminated: undefined };
const NO_SPEC = { nodeName: undefined, initContainers: [], containers: [] };
const NO_STATUS = { initContainerStatuses: [], containerStatuses: [] };

const schema = z.object({
  metadata,
  spec: z.catch(
    z.object({ nodeName: text, initContainers: specs, containers: specs }),
    () => NO_SPEC,
  ),
  status: z.catch(
    z.object({ initContainerStatuses: statuses, containerStatuses: statuses }),
    () => NO_STATUS,
  ),
});

const ownersSchema = z.object({
  metadata: z.object({
    ownerReferences: listOf(z.object({ kind: z.string(), name: z.string(), controller: flag })),
  }),
});

type RawSpec = z.infer<typeof schema>['spec']['containers'][number];
type RawStatus = z.infer<typeof schema>['status']['containerStatuses'][number];
type RawEnd = z.infer<typeof endSchema>;

/** Reduces a Pod to how its containers ended; undefined when it has no name. */
export function projectPodEnds(item: unknown): OomPod | undefined {
  const result = schema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec, status } = result.data;
  return defined({
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid ?? '',
    node: nonEmpty(spec.nodeName),
    createdAt: meta.creationTimestamp ?? '',
    workload: workloadOf({
      name: meta.name,
      node: nonEmpty(spec.nodeName),
      owner: controllerOf(item),
      templateHash: meta.labels['pod-template-hash'],
    }),
    containers: [
      ...spec.initContainers.map((each) => containerOf(each, status.initContainerStatuses)),
      ...spec.containers.map((each) => containerOf(each, status.containerStatuses)),
    ],
  });
}

/** What controls a pod; undefined: nobody. */
function controllerOf(item: unknown): WorkloadTraces['owner'] {
  const owned = ownersSchema.safeParse(item);
  const owner = owned.data?.metadata.ownerReferences.find(({ controller }) => controller === true);
  return owner && { kind: owner.kind, name: owner.name };
}

function containerOf({ name, resources }: RawSpec, statuses: readonly RawStatus[]): OomContainer {
  const status = statuses.find((candidate) => candidate.name === name);
  const { running, waiting, terminated } = status?.state ?? NO_STATE;
  const ended: OomContainer['state'] = terminated ? 'terminated' : 'unknown';
  const state: OomContainer['state'] = running ? 'running' : waiting ? 'waiting' : ended;
  const ends = [endOf(terminated), endOf(status?.lastState.terminated)];
  return defined({
    name,
    limit: resources.limits.memory,
    restartCount: status?.restartCount ?? 0,
    state,
    startedAt: running?.startedAt,
    containerId: idOf(status?.containerID),
    ends: ends.filter((end) => end !== undefined),
  });
}

function endOf(raw: RawEnd): ContainerEnd | undefined {
  if (raw === undefined) return undefined;
  const { containerID, reason, exitCode, startedAt, finishedAt } = raw;
  return defined({ containerId: idOf(containerID), reason, exitCode, startedAt, finishedAt });
}

/** `containerd://<64 hexadecimal digits>`; undefined for anything else. */
function idOf(reference: string | undefined): string | undefined {
  return /^[a-z-]{1,30}:\/\/([0-9a-f]{64})$/.exec(reference ?? '')?.[1];
}
