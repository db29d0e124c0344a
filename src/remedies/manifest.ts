// SPDX-License-Identifier: Apache-2.0

import type { ApplyManifestStep } from '#model/plan.ts';

/** The API group of roles and their bindings. */
export const RBAC = 'rbac.authorization.k8s.io';

/** An object that a remedy creates, and where. */
export interface Manifest {
  /** Its path on the API server. */
  readonly path: string;
  readonly body: {
    readonly kind: string;
    readonly metadata: ManifestMetadata;
    readonly [field: string]: unknown;
  };
}

/** Metadata of an object that a remedy creates. */
export interface ManifestMetadata {
  readonly name: string;
  /** Absent: an object of the whole cluster. */
  readonly namespace?: string;
  readonly labels?: object;
}

/** An object below a root such as `/apis/apps/v1`, with whatever it has besides its metadata. */
export function manifest(
  root: string,
  kind: string,
  metadata: ManifestMetadata,
  rest: object,
): Manifest {
  const plural = `${kind.toLowerCase()}s`;
  const { name, namespace } = metadata;
  const folder = namespace === undefined ? root : `${root}/namespaces/${namespace}`;
  const apiVersion = root.replace(/^\/apis?\//, '');
  return { path: `${folder}/${plural}/${name}`, body: { apiVersion, kind, metadata, ...rest } };
}

/** A rule of a role. */
export function rule(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  names?: readonly string[],
): object {
  return { apiGroups: [group], resources, ...(names && { resourceNames: names }), verbs };
}

/**
 * The step that creates an object.
 *
 * @param waitSeconds how long what it `serves` may take, where it is told to wait for something
 */
export function manifestStep({ path, body }: Manifest, waitSeconds: number): ApplyManifestStep {
  const object = `${body.kind} ${body.metadata.name}`;
  return {
    kind: 'apply-manifest',
    object,
    title: `create ${object}`,
    path,
    manifest: body,
    present: true,
    waitSeconds,
  };
}
