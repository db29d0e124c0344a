// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import type { PatchDeploymentStep } from '#model/plan.ts';
import { RESTARTED_AT } from '#sources/kubernetes/objects/deployment.ts';

const texts = z.catch(z.record(z.string(), z.string()), () => ({}));

/** A Deployment, as far as a change of it needs it. */
export interface DeploymentState {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
  };
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: {
        readonly topologySpreadConstraints: readonly {
          readonly topologyKey: string;
          readonly whenUnsatisfiable: string;
        }[];
      };
    };
  };
  readonly status: {
    readonly observedGeneration: number;
    readonly replicas: number;
    readonly updatedReplicas: number;
    readonly readyReplicas: number;
  };
}

const deploymentSchema: z.ZodMiniType<DeploymentState> = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.catch(z.number(), 0),
  }),
  spec: z.object({
    replicas: z.catch(z.number(), 1),
    selector: z.object({ matchLabels: texts }),
    template: z.object({
      metadata: z.catch(z.object({ labels: texts, annotations: texts }), () => ({
        labels: {},
        annotations: {},
      })),
      spec: z.catch(
        z.object({
          topologySpreadConstraints: z.catch(
            z.array(z.object({ topologyKey: z.string(), whenUnsatisfiable: z.string() })),
            () => [],
          ),
        }),
        () => ({ topologySpreadConstraints: [] }),
      ),
    }),
  }),
  status: z.catch(
    z.object({
      observedGeneration: z.catch(z.number(), 0),
      replicas: z.catch(z.number(), 0),
      updatedReplicas: z.catch(z.number(), 0),
      readyReplicas: z.catch(z.number(), 0),
    }),
    () => ({ observedGeneration: 0, replicas: 0, updatedReplicas: 0, readyReplicas: 0 }),
  ),
});

/** What names a Deployment. */
export type DeploymentName = Pick<PatchDeploymentStep, 'namespace' | 'name'>;

/** Path of a Deployment. */
export function deploymentPath({ namespace, name }: DeploymentName): string {
  return `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
}

/** Reads a Deployment. @throws SourceError */
export async function readDeployment(
  { connection, signal }: ActuatorWorld,
  which: DeploymentName,
): Promise<DeploymentState> {
  const request = { path: deploymentPath(which), operation: 'get deployments', signal };
  return deploymentSchema.parse(await connection.get(request));
}

/** The mark of its last restart; `null` when there is none. */
export function restartedAt({ spec }: DeploymentState): string | null {
  return spec.template.metadata.annotations[RESTARTED_AT] ?? null;
}

/** The wish to have its pods on different nodes: not a must, so that all can run on the last one. */
const SPREAD = { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };

/** Whether its template has the constraint of ours. */
export function isSpread({ spec }: DeploymentState): boolean {
  return spec.template.spec.topologySpreadConstraints.some(
    ({ topologyKey, whenUnsatisfiable }) =>
      topologyKey === SPREAD.topologyKey && whenUnsatisfiable === SPREAD.whenUnsatisfiable,
  );
}

/** Spec with that constraint, as server-side apply takes it. */
export function spreadSpec({ spec }: DeploymentState): object {
  const { matchLabels } = spec.selector;
  const constraint = { ...SPREAD, maxSkew: 1, labelSelector: { matchLabels } };
  return { template: { spec: { topologySpreadConstraints: [constraint] } } };
}

/** Whether its pods are those that the DNS Service of every distribution selects. */
export function makesDnsPods({ spec }: DeploymentState): boolean {
  return spec.template.metadata.labels['k8s-app'] === 'kube-dns';
}

const podSchema = z.object({
  status: z.catch(
    z.object({
      containerStatuses: z.catch(
        z.array(
          z.object({
            state: z.catch(
              z.object({
                waiting: z.catch(
                  z.optional(z.object({ reason: z.optional(z.string()) })),
                  undefined,
                ),
              }),
              () => ({ waiting: undefined }),
            ),
          }),
        ),
        () => [],
      ),
    }),
    () => ({ containerStatuses: [] }),
  ),
});

/** Why containers of its pods wait, each reason once: `ImagePullBackOff`. @throws SourceError */
export async function waitingReasons(
  { connection, signal }: ActuatorWorld,
  { namespace }: DeploymentName,
  { spec }: DeploymentState,
): Promise<readonly string[]> {
  const labels = Object.entries(spec.selector.matchLabels);
  const request = {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(',') },
    operation: 'list pods',
    signal,
  };
  const reasons = await connection.list(request, (item) =>
    podSchema
      .safeParse(item)
      .data?.status.containerStatuses.flatMap(({ state }) => state.waiting?.reason ?? []),
  );
  return [...new Set(reasons.flat())].sort();
}
