// SPDX-License-Identifier: Apache-2.0

/** A right on API objects that a reader uses: one rule of a role. */
export interface ApiRead {
  readonly kind: 'api';
  /** `''` for the core group. */
  readonly group: string;
  /** Plural, with subresource: `nodes`, `pods/exec`. */
  readonly resource: string;
  readonly verbs: readonly ApiVerb[];
  /** The namespace it is used in; absent: objects of the whole cluster, or that have no namespace. */
  readonly namespace?: UsedNamespace;
  /** Name of the one object that is read; absent: any. */
  readonly name?: string;
}

/** Verbs of the API. Reading uses `get` and `list`, and `create` for exec alone. */
export type ApiVerb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';

/**
 * A namespace by its role: `flannel` is the one that Flannel's pods run in, whatever its name, `debug` the one that
 * debug pods are made in; events about nodes are kept in `default`.
 */
export type UsedNamespace = 'flannel' | 'kube-system' | 'default' | 'debug';

/** Declares a right on API objects. */
export function apiRead(group: string, resource: string, ...verbs: readonly ApiVerb[]): ApiRead {
  return { kind: 'api', group, resource, verbs };
}

/** Declares that a right is used in one namespace. */
export function inNamespace(namespace: UsedNamespace, read: ApiRead): ApiRead {
  return { ...read, namespace };
}
