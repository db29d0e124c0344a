// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ManagementTraces } from '#model/cluster.ts';
import {
  count,
  defined,
  listOf,
  metadata,
  text,
  textMap,
} from '#sources/kubernetes/objects/fields.ts';
import { managementOf } from '#sources/kubernetes/objects/management.ts';

/** A Deployment, reduced. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly replicas: number;
  /** `spec.selector.matchLabels`. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Labels of the pods that it makes. */
  readonly templateLabels: Readonly<Record<string, string>>;
  readonly restartedAt?: string;
  /** Its template asks to place its pods on different nodes: by spread constraints or by anti-affinity. */
  readonly isSpread: boolean;
  /** `spec.replicas` of kubectl's copy of the manifest; absent when there is none. */
  readonly appliedReplicas?: number;
  readonly management: ManagementTraces;
}

/** Annotation by which a rollout is begun without any other change, as `kubectl rollout restart` does. */
export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const HOSTNAME = 'kubernetes.io/hostname';
/** Longest copy of a manifest that is read, characters. */
const MAX_MANIFEST = 256 * 1024;

const perNode = listOf(z.object({ topologyKey: z.literal(HOSTNAME) }));
const antiAffinity = z.catch(
  z.optional(
    z.object({
      requiredDuringSchedulingIgnoredDuringExecution: perNode,
      preferredDuringSchedulingIgnoredDuringExecution: listOf(
        z.object({ podAffinityTerm: z.object({ topologyKey: z.literal(HOSTNAME) }) }),
      ),
    }),
  ),
  undefined,
);
const affinity = z.catch(z.optional(z.object({ podAntiAffinity: antiAffinity })), undefined);

const deploymentSchema = z.object({
  metadata,
  spec: z.object({
    replicas: count,
    selector: z.catch(z.object({ matchLabels: textMap }), () => ({ matchLabels: {} })),
    template: z.object({
      metadata: z.catch(z.object({ labels: textMap, annotations: textMap }), () => ({
        labels: {},
        annotations: {},
      })),
      spec: z.catch(z.object({ topologySpreadConstraints: perNode, affinity }), () => ({
        topologySpreadConstraints: [],
        affinity: undefined,
      })),
    }),
  }),
});

/** Reduces a Deployment; undefined when it is malformed. */
export function projectDeployment(item: unknown): Deployment | undefined {
  const result = deploymentSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec } = result.data;
  const { namespace, name, uid } = meta;
  if (namespace === undefined || uid === undefined) return undefined;
  const { labels, annotations } = spec.template.metadata;
  const apart = spec.template.spec.affinity?.podAntiAffinity;
  return {
    ...defined({ restartedAt: annotations[RESTARTED_AT], appliedReplicas: appliedReplicas(item) }),
    namespace,
    name,
    uid,
    replicas: spec.replicas ?? 1,
    podLabels: spec.selector.matchLabels,
    templateLabels: labels,
    isSpread:
      spec.template.spec.topologySpreadConstraints.length > 0 ||
      (apart?.requiredDuringSchedulingIgnoredDuringExecution.length ?? 0) > 0 ||
      (apart?.preferredDuringSchedulingIgnoredDuringExecution.length ?? 0) > 0,
    management: managementOf(item),
  };
}

const annotatedSchema = z.object({
  metadata: z.object({ annotations: z.object({ [LAST_APPLIED]: z.string() }) }),
});
const manifestSchema = z.object({ spec: z.object({ replicas: z.number() }) });

function appliedReplicas(item: unknown): number | undefined {
  const result = annotatedSchema.safeParse(item);
  const manifest = result.data?.metadata.annotations[LAST_APPLIED] ?? '';
  if (manifest === '' || manifest.length > MAX_MANIFEST) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(manifest)).data?.spec.replicas;
  } catch {
    return undefined;
  }
}

/** A ReplicaSet of a Deployment, reduced. */
export interface ReplicaSet {
  readonly name: string;
  /** UID of the Deployment. */
  readonly owner: string;
  /** The Deployment's count of its templates. */
  readonly revision: number;
  /** Replicas that the Deployment wanted when it last scaled this one; absent when it is not told. */
  readonly desired?: number;
}

const replicaSetSchema = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: textMap,
    ownerReferences: listOf(z.object({ uid: z.string(), controller: z.literal(true) })),
  }),
});

/** Reduces a ReplicaSet that a Deployment owns; undefined for any other. */
export function projectReplicaSet(item: unknown): ReplicaSet | undefined {
  const result = replicaSetSchema.safeParse(item);
  const [owner] = result.data?.metadata.ownerReferences ?? [];
  if (!result.success || owner === undefined) return undefined;
  const { name, annotations } = result.data.metadata;
  const revision = wholeNumber(annotations['deployment.kubernetes.io/revision']);
  if (revision === undefined) return undefined;
  const desired = wholeNumber(annotations['deployment.kubernetes.io/desired-replicas']);
  return { ...defined({ desired }), name, owner: owner.uid, revision };
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** What the controller of Deployments says when it scales a ReplicaSet. */
export interface ScalingEvent {
  /** UID of the Deployment. */
  readonly deployment: string;
  readonly replicaSet: string;
  readonly from: number;
  readonly to: number;
  /** RFC 3339; absent when it is not told. */
  readonly at?: string;
}

const eventSchema = z.object({
  involvedObject: z.object({ kind: z.literal('Deployment'), uid: z.string() }),
  reason: z.literal('ScalingReplicaSet'),
  message: z.string().check(z.maxLength(1024)),
  lastTimestamp: text,
  eventTime: text,
});

/** kubernetes@v1.34.4:pkg/controller/deployment/sync.go; v1.25 to v1.29 name the new number first. */
const SCALED =
  /^Scaled (?:up|down) replica set ([-.a-z0-9]{1,253}) (?:from (\d{1,9}) to (\d{1,9})|to (\d{1,9}) from (\d{1,9}))$/;

/** Reduces an Event about the scaling of a ReplicaSet; undefined for any other. */
export function projectScalingEvent(item: unknown): ScalingEvent | undefined {
  const { data } = eventSchema.safeParse(item);
  const match = data === undefined ? null : SCALED.exec(data.message);
  if (data === undefined || match === null) return undefined;
  const [, replicaSet = '', from, to, newer, older] = match;
  return {
    ...defined({ at: data.lastTimestamp ?? data.eventTime }),
    deployment: data.involvedObject.uid,
    replicaSet,
    from: Number(from ?? older),
    to: Number(to ?? newer),
  };
}
