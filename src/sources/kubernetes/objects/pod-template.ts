// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ContainerResources, Toleration } from '#model/cluster.ts';
import { defined, listOf, text, textMap, texts } from '#sources/kubernetes/objects/fields.ts';

/** A container of a pod or template, as far as it tells whether and how it runs flanneld. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** `command` and `args`, one after the other. */
  readonly words: readonly string[];
  /** Environment by name; values that come from elsewhere (`valueFrom`) are undefined. */
  readonly env: ReadonlyMap<string, string | undefined>;
  readonly mounts: readonly { readonly volume: string; readonly path: string }[];
  /** Requests and limits; absent when the container has none. */
  readonly resources?: ContainerResources;
}

/** One expression of a required node affinity. */
export interface AffinityExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Pod spec of a pod or template, reduced. */
export interface PodTemplate {
  /** Whether its pods are in the network of their node; false when it does not say. */
  readonly hostNetwork: boolean;
  readonly containers: readonly ContainerSpec[];
  /** ConfigMap name by volume name, projected volumes included. */
  readonly configMapVolumes: ReadonlyMap<string, string>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Terms of the required node affinity (one of them has to match); empty when there is none. */
  readonly affinityTerms: readonly (readonly AffinityExpression[])[];
  /** The affinity has parts other than expressions over labels: fields of the node, or other pods. */
  readonly hasOtherAffinity: boolean;
}

const expressions = listOf(z.object({ key: z.string(), operator: z.string(), values: texts }));
const present = z.catch(z.optional(z.looseObject({})), undefined);
const terms = listOf(z.object({ matchExpressions: expressions, matchFields: listOf(z.unknown()) }));
const podTerms = z.catch(
  z.optional(z.object({ requiredDuringSchedulingIgnoredDuringExecution: listOf(z.unknown()) })),
  undefined,
);
const affinity = z.catch(
  z.optional(
    z.object({
      nodeAffinity: z.catch(
        z.optional(
          z.object({
            requiredDuringSchedulingIgnoredDuringExecution: z.catch(
              z.optional(z.object({ nodeSelectorTerms: terms })),
              undefined,
            ),
          }),
        ),
        undefined,
      ),
      podAffinity: podTerms,
      podAntiAffinity: podTerms,
    }),
  ),
  undefined,
);

const configMapRef = z.catch(z.optional(z.object({ name: z.string() })), undefined);

const templateSchema = z.object({
  hostNetwork: z.catch(z.optional(z.boolean()), undefined),
  containers: listOf(
    z.object({
      name: z.string(),
      image: text,
      command: texts,
      args: texts,
      env: listOf(z.object({ name: z.string(), value: text, valueFrom: present })),
      volumeMounts: listOf(z.object({ name: z.string(), mountPath: z.string() })),
      resources: z.catch(z.optional(z.object({ requests: textMap, limits: textMap })), undefined),
    }),
  ),
  volumes: listOf(
    z.object({
      name: z.string(),
      configMap: configMapRef,
      projected: z.catch(
        z.optional(z.object({ sources: listOf(z.object({ configMap: configMapRef })) })),
        undefined,
      ),
    }),
  ),
  nodeSelector: textMap,
  tolerations: listOf(z.object({ key: text, operator: text, value: text, effect: text })),
  affinity,
});

type RawTemplate = z.infer<typeof templateSchema>;

/** Reduces a pod spec; undefined when it is none. */
export function projectPodTemplate(spec: unknown): PodTemplate | undefined {
  const result = templateSchema.safeParse(spec);
  if (!result.success) return undefined;
  const raw = result.data;
  const required = raw.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    hostNetwork: raw.hostNetwork ?? false,
    containers: raw.containers.map(containerOf),
    configMapVolumes: configMapVolumes(raw.volumes),
    nodeSelector: raw.nodeSelector,
    tolerations: raw.tolerations.map((toleration) => defined(toleration)),
    affinityTerms: (required?.nodeSelectorTerms ?? []).map((term) => term.matchExpressions),
    hasOtherAffinity:
      (required?.nodeSelectorTerms ?? []).some((term) => term.matchFields.length > 0) ||
      [raw.affinity?.podAffinity, raw.affinity?.podAntiAffinity].some(
        (pods) => (pods?.requiredDuringSchedulingIgnoredDuringExecution.length ?? 0) > 0,
      ),
  };
}

function containerOf(raw: RawTemplate['containers'][number]): ContainerSpec {
  return {
    name: raw.name,
    image: raw.image ?? '',
    words: [...raw.command, ...raw.args],
    env: new Map(
      raw.env.map(({ name, value, valueFrom }) => [
        name,
        valueFrom === undefined ? (value ?? '') : undefined,
      ]),
    ),
    mounts: raw.volumeMounts.map(({ name, mountPath }) => ({ volume: name, path: mountPath })),
    ...(raw.resources !== undefined && { resources: raw.resources }),
  };
}

function configMapVolumes(volumes: RawTemplate['volumes']): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name, configMap, projected } of volumes) {
    const source = projected?.sources.find((item) => item.configMap !== undefined);
    const configMapName = configMap?.name ?? source?.configMap?.name;
    if (configMapName !== undefined) names.set(name, configMapName);
  }
  return names;
}
