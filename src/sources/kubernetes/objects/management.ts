// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import type { ManagementTraces } from '#model/cluster.ts';
import { listOf, text, textMap } from '#sources/kubernetes/objects/fields.ts';

/** Keys of tools that write objects: Helm, Argo CD, Flux, k3s and RKE2, kOps, the addon manager. */
const TOOL_KEY =
  /^(?:app\.kubernetes\.io\/managed-by|meta\.helm\.sh\/release-(?:name|namespace)|helm\.sh\/chart|argocd\.argoproj\.io\/(?:instance|tracking-id)|(?:kustomize|helm)\.toolkit\.fluxcd\.io\/(?:name|namespace)|objectset\.rio\.cattle\.io\/(?:hash|owner-gvk|owner-name|owner-namespace)|helm\.cattle\.io\/[a-z-]+|addon\.kops\.k8s\.io\/name|addonmanager\.kubernetes\.io\/mode)$/;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Longest value that is kept: names, kinds, hashes. */
const MAX_VALUE = 300;

const schema = z.object({
  metadata: z.object({
    labels: textMap,
    annotations: z.catch(z.record(z.string(), z.unknown()), () => ({})),
    managedFields: listOf(z.object({ manager: text, subresource: text })),
  }),
});

/** The traces of tools on an object: known keys only, and who owns fields of it, its status aside. */
export function managementOf(item: unknown): ManagementTraces {
  const result = schema.safeParse(item);
  if (!result.success) return { labels: {}, annotations: {}, lastApplied: false, managers: [] };
  const { labels, annotations, managedFields } = result.data.metadata;
  const managers = managedFields.flatMap(({ manager, subresource }) =>
    manager === undefined || subresource !== undefined ? [] : [manager],
  );
  return {
    labels: ofTools(labels),
    annotations: ofTools(annotations),
    lastApplied: typeof annotations[LAST_APPLIED] === 'string',
    managers: [...new Set(managers)].sort(),
  };
}

function ofTools(map: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) =>
      TOOL_KEY.test(key) && typeof value === 'string' ? [[key, value.slice(0, MAX_VALUE)]] : [],
    ),
  );
}
