// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { Condition } from '#model/cluster.ts';
import type { PodContainer, PodContainerEnd, PodDetail, PodEvent } from '#model/pod-detail.ts';
import type { ContainerRole, QosClass } from '#model/resources.ts';
import {
  count,
  defined,
  flag,
  listOf,
  metadata,
  sentence,
  text,
  textMap,
} from '#sources/kubernetes/objects/fields.ts';
import { nonEmpty } from '#sources/plain-text.ts';

const ended = z.catch(
  z.optional(
    z.object({
      reason: text,
      message: sentence,
      exitCode: z.number(),
      startedAt: text,
      finishedAt: text,
    }),
  ),
  undefined,
);

const NO_RESOURCES = { requests: {}, limits: {} };

// What is not named here is not taken: no environment, no command, no mount.
const specs = listOf(
  z.object({
    name: z.string(),
    image: text,
    restartPolicy: text,
    resources: z.catch(z.object({ requests: textMap, limits: textMap }), () => NO_RESOURCES),
  }),
);

const NO_STATE = { running: undefined, waiting: undefined, terminated: undefined };

const statuses = listOf(
  z.object({
    name: z.string(),
    ready: flag,
    restartCount: count,
    state: z.catch(
      z.object({
        running: z.catch(z.optional(z.object({ startedAt: text })), undefined),
        waiting: z.catch(z.optional(z.object({ reason: text, message: sentence })), undefined),
        terminated: ended,
      }),
      () => NO_STATE,
    ),
    lastState: z.catch(z.object({ terminated: ended }), () => NO_STATE),
  }),
);

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: text,
  message: sentence,
  lastTransitionTime: text,
});

const schema = z.object({
  metadata,
  spec: z.object({ nodeName: text, initContainers: specs, containers: specs }),
  status: z.object({
    phase: text,
    reason: text,
    message: sentence,
    qosClass: text,
    podIPs: listOf(z.object({ ip: z.string() })),
    conditions: listOf(conditionSchema),
    initContainerStatuses: statuses,
    containerStatuses: statuses,
  }),
});

type RawSpec = z.infer<typeof schema>['spec']['containers'][number];
type RawStatus = z.infer<typeof schema>['status']['containerStatuses'][number];

const QOS: readonly QosClass[] = ['Guaranteed', 'Burstable', 'BestEffort'];

/** Reduces a Pod to what one looks at; undefined when it is none. */
export function projectPodDetail(item: unknown): PodDetail | undefined {
  const result = schema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec, status } = result.data;
  return defined({
    namespace: meta.namespace ?? '',
    name: meta.name,
    uid: meta.uid ?? '',
    node: nonEmpty(spec.nodeName),
    phase: status.phase ?? 'Unknown',
    reason: nonEmpty(status.reason),
    message: nonEmpty(status.message),
    createdAt: meta.creationTimestamp ?? '',
    deletingSince: meta.deletionTimestamp,
    qosClass: QOS.find((each) => each === status.qosClass),
    podIPs: status.podIPs.map(({ ip }) => ip),
    conditions: status.conditions.map(conditionOf),
    containers: [
      ...spec.initContainers.map((each) =>
        containerOf(
          each,
          each.restartPolicy === 'Always' ? 'sidecar' : 'init',
          status.initContainerStatuses,
        ),
      ),
      ...spec.containers.map((each) => containerOf(each, 'app', status.containerStatuses)),
    ],
  });
}

function conditionOf({
  type,
  status,
  reason,
  message,
  lastTransitionTime,
}: z.infer<typeof conditionSchema>): Condition {
  return defined({
    type,
    status,
    reason: nonEmpty(reason),
    message: nonEmpty(message),
    lastTransitionAt: lastTransitionTime,
  });
}

function containerOf(
  { name, image = '', resources }: RawSpec,
  role: ContainerRole,
  told: readonly RawStatus[],
): PodContainer {
  const status = told.find((candidate) => candidate.name === name) ?? NO_TOLD;
  const { state, lastState, ready = false, restartCount = 0 } = status;
  const ends = [state.terminated, lastState.terminated];
  return defined({
    name,
    role,
    image,
    requests: resources.requests,
    limits: resources.limits,
    ready,
    restartCount,
    state: stateOf(state),
    reason: state.waiting?.reason ?? state.terminated?.reason,
    message: nonEmpty(state.waiting?.message),
    startedAt: state.running?.startedAt,
    ends: ends.flatMap(endOf),
  });
}

const NO_TOLD = {
  state: NO_STATE,
  lastState: NO_STATE,
  ready: undefined,
  restartCount: undefined,
};

function endOf(end: z.infer<typeof ended>): readonly PodContainerEnd[] {
  return end === undefined ? [] : [defined({ ...end, message: nonEmpty(end.message) })];
}

function stateOf({ running, waiting, terminated }: RawStatus['state']): PodContainer['state'] {
  if (running !== undefined) return 'running';
  if (waiting !== undefined) return 'waiting';
  return terminated === undefined ? 'unknown' : 'terminated';
}

const eventSchema = z.object({
  type: text,
  reason: text,
  message: sentence,
  count,
  series: z.catch(z.nullish(z.object({ count, lastObservedTime: text })), undefined),
  lastTimestamp: z.catch(z.nullish(z.string()), undefined),
  eventTime: z.catch(z.nullish(z.string()), undefined),
});

/** Reduces an Event about a pod. */
export function projectPodEvent(item: unknown): PodEvent | undefined {
  const result = eventSchema.safeParse(item);
  if (!result.success) return undefined;
  const {
    type = 'Normal',
    reason = '',
    message = '',
    series,
    lastTimestamp,
    eventTime,
  } = result.data;
  return defined({
    at: lastTimestamp ?? series?.lastObservedTime ?? eventTime ?? undefined,
    type,
    reason,
    message,
    count: Math.max(1, result.data.count ?? series?.count ?? 1),
  });
}
