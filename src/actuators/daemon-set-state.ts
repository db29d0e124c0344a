// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import type { ContainerResources } from '#model/cluster.ts';
import { isSameQuantity } from '#model/quantity.ts';

/** What names one container of a DaemonSet's template. */
export interface DaemonSetContainer {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

const quantities = z.catch(z.record(z.string(), z.string()), () => ({}));

const resources = z.catch(z.object({ requests: quantities, limits: quantities }), () => ({
  requests: {},
  limits: {},
}));

const containers = z.array(z.object({ name: z.string(), resources }));

/** A DaemonSet, as far as a change of its resources needs it. */
export interface DaemonSetState {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
  };
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly updateStrategy: {
      readonly type: string;
      readonly rollingUpdate?:
        { readonly maxUnavailable?: number | string | undefined } | undefined;
    };
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly resources: ContainerResources;
        }[];
      };
    };
  };
  readonly status: {
    readonly observedGeneration: number;
    readonly desiredNumberScheduled: number;
  };
}

const daemonSetSchema: z.ZodMiniType<DaemonSetState> = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.catch(z.number(), 0),
  }),
  spec: z.object({
    selector: z.object({ matchLabels: quantities }),
    updateStrategy: z.catch(
      z.object({
        type: z.string(),
        rollingUpdate: z.optional(
          z.object({ maxUnavailable: z.optional(z.union([z.number(), z.string()])) }),
        ),
      }),
      () => ({ type: 'RollingUpdate', rollingUpdate: undefined }),
    ),
    template: z.object({ spec: z.object({ containers }) }),
  }),
  status: z.catch(
    z.object({
      observedGeneration: z.catch(z.number(), 0),
      desiredNumberScheduled: z.catch(z.number(), 0),
    }),
    () => ({ observedGeneration: 0, desiredNumberScheduled: 0 }),
  ),
});

/** Path of a DaemonSet. */
export function daemonSetPath({ namespace, name }: DaemonSetContainer): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets/${encodeURIComponent(name)}`;
}

/** Reads a DaemonSet. @throws SourceError */
export async function readDaemonSet(
  { connection, signal }: ActuatorWorld,
  which: DaemonSetContainer,
): Promise<DaemonSetState> {
  const request = { path: daemonSetPath(which), operation: 'get daemonsets', signal };
  return daemonSetSchema.parse(await connection.get(request));
}

/** What an answer to a patch holds. */
export function daemonSetOf(answer: unknown): DaemonSetState {
  return daemonSetSchema.parse(answer);
}

/** Requests and limits of the container in the template; undefined when there is no such container. */
export function templateResources(
  { spec }: DaemonSetState,
  { container }: DaemonSetContainer,
): ContainerResources | undefined {
  return spec.template.spec.containers.find(({ name }) => name === container)?.resources;
}

/** A pod of a DaemonSet. */
export interface DaemonSetPod {
  readonly node: string;
  readonly ready: boolean;
  readonly deleting: boolean;
  readonly resources: ContainerResources | undefined;
}

const podSchema = z.object({
  metadata: z.object({
    deletionTimestamp: z.optional(z.string()),
    ownerReferences: z.catch(z.array(z.object({ uid: z.string() })), () => []),
  }),
  spec: z.object({ nodeName: z.catch(z.string(), ''), containers }),
  status: z.catch(
    z.object({
      conditions: z.catch(z.array(z.object({ type: z.string(), status: z.string() })), () => []),
    }),
    () => ({ conditions: [] }),
  ),
});

/** Reads the pods of a DaemonSet. @throws SourceError */
export function readDaemonSetPods(
  { connection, signal }: ActuatorWorld,
  { namespace, container }: DaemonSetContainer,
  { metadata: { uid }, spec }: DaemonSetState,
): Promise<readonly DaemonSetPod[]> {
  const labels = Object.entries(spec.selector.matchLabels);
  const request = {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(',') },
    operation: 'list pods',
    signal,
  };
  return connection.list(request, (item): DaemonSetPod | undefined => {
    const parsed = podSchema.safeParse(item);
    if (!parsed.success) return undefined;
    const { metadata, spec: pod, status } = parsed.data;
    if (metadata.ownerReferences.every((owner) => owner.uid !== uid)) return undefined;
    return {
      node: pod.nodeName,
      ready: status.conditions.some((each) => each.type === 'Ready' && each.status === 'True'),
      deleting: metadata.deletionTimestamp !== undefined,
      resources: pod.containers.find(({ name }) => name === container)?.resources,
    };
  });
}

/** Whether two have the same requests and limits, by value. */
export function isSameResources(a: ContainerResources, b: ContainerResources): boolean {
  return (['requests', 'limits'] as const).every((part) =>
    [...new Set([...Object.keys(a[part]), ...Object.keys(b[part])])].every((key) =>
      isSameQuantity(a[part][key], b[part][key]),
    ),
  );
}

/** Requests and limits as lines: `limits.memory 2Gi`. */
export function resourceLines({ requests, limits }: ContainerResources): readonly string[] {
  const lines = (part: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values)
      .map(([key, value]) => `${part}.${key} ${value}`)
      .sort();
  return [...lines('requests', requests), ...lines('limits', limits)];
}
