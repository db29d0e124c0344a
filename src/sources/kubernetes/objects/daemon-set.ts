// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ManagementTraces, UpdateStrategy } from '#model/cluster.ts';
import { count, defined, metadata, text, textMap } from '#sources/kubernetes/objects/fields.ts';
import { managementOf } from '#sources/kubernetes/objects/management.ts';
import { type PodTemplate, projectPodTemplate } from '#sources/kubernetes/objects/pod-template.ts';

/** A DaemonSet, reduced to what tells whether it is flannel and where it runs. */
export interface DaemonSet {
  readonly namespace: string;
  readonly name: string;
  readonly template: PodTemplate;
  /** `spec.selector.matchLabels`; empty when the selector has expressions only. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** `status.desiredNumberScheduled`; 0 when it is not known. */
  readonly desired: number;
  readonly updateStrategy: UpdateStrategy;
  readonly management: ManagementTraces;
}

/** A number or a percentage, as text. */
const share = z.catch(
  z.optional(z.pipe(z.union([z.number(), z.string()]), z.transform(String))),
  undefined,
);

const daemonSetSchema = z.object({
  metadata,
  spec: z.object({
    selector: z.catch(z.object({ matchLabels: textMap }), () => ({ matchLabels: {} })),
    template: z.object({ spec: z.unknown() }),
    updateStrategy: z.catch(
      z.optional(
        z.object({
          type: text,
          rollingUpdate: z.catch(
            z.optional(z.object({ maxUnavailable: share, maxSurge: share })),
            undefined,
          ),
        }),
      ),
      undefined,
    ),
  }),
  status: z.catch(z.optional(z.object({ desiredNumberScheduled: count })), undefined),
});

/** Reduces a DaemonSet; undefined when it is malformed. */
export function projectDaemonSet(item: unknown): DaemonSet | undefined {
  const result = daemonSetSchema.safeParse(item);
  if (!result.success) return undefined;
  const { metadata: meta, spec, status } = result.data;
  const template = projectPodTemplate(spec.template.spec);
  if (template === undefined || meta.namespace === undefined) return undefined;
  return {
    namespace: meta.namespace,
    name: meta.name,
    template,
    podLabels: spec.selector.matchLabels,
    desired: status?.desiredNumberScheduled ?? 0,
    updateStrategy: defined({
      type: spec.updateStrategy?.type ?? 'RollingUpdate',
      maxUnavailable: spec.updateStrategy?.rollingUpdate?.maxUnavailable,
      maxSurge: spec.updateStrategy?.rollingUpdate?.maxSurge,
    }),
    management: managementOf(item),
  };
}
