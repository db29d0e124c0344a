// SPDX-License-Identifier: Apache-2.0

import { CLUSTER_COLLECTORS } from '#collectors/collect-cluster.ts';
import type { ApiRead } from '#collectors/define-collector.ts';
import { EXEC_READS } from '#sources/node-access/exec/exec-node-access.ts';

/** Who is to have the rights. */
export type RoleSubject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string };

/** What the roles are made for. */
export interface ReaderRoleOptions {
  /** Namespace of Flannel's pods. */
  readonly flannelNamespace: string;
  readonly subject: RoleSubject;
}

/** A rule of a Role or ClusterRole, in the API's own form. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const NAME = 'selvage';
/** Group of the API of roles. */
export const RBAC = 'rbac.authorization.k8s.io';

/** Every right on API objects that the collectors and the way into nodes declare. */
export function declaredReads(): readonly ApiRead[] {
  const reads = Object.values(CLUSTER_COLLECTORS).flatMap((collector) => collector.reads);
  return [...reads.filter((read) => read.kind === 'api'), ...EXEC_READS];
}

/**
 * The objects that grant exactly what reading needs, to apply as they are. What is listed is granted for the whole
 * cluster, since Flannel is looked for in all namespaces; what is read or run in Flannel's namespace only there.
 */
export function readerObjects(options: ReaderRoleOptions): readonly object[] {
  const { flannelNamespace: namespace, subject } = options;
  const reads = declaredReads();
  const isLocal = (read: ApiRead): boolean =>
    read.namespace === 'flannel' && !read.verbs.includes('list');
  const subjects = roleSubjects(subject);
  return [
    ...(subject.kind === 'ServiceAccount' ? [serviceAccountObject(subject)] : []),
    {
      ...roleHeader('ClusterRole'),
      metadata: { name: NAME },
      rules: rulesOf(reads.filter((read) => !isLocal(read))),
    },
    {
      ...roleHeader('ClusterRoleBinding'),
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects,
    },
    {
      ...roleHeader('Role'),
      metadata: { name: NAME, namespace },
      rules: rulesOf(reads.filter(isLocal)),
    },
    {
      ...roleHeader('RoleBinding'),
      metadata: { name: NAME, namespace },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
      subjects,
    },
  ];
}

/** Whom a binding binds. */
export function roleSubjects(subject: RoleSubject): readonly object[] {
  return [subject.kind === 'ServiceAccount' ? subject : { apiGroup: RBAC, ...subject }];
}

/** Version and kind of an object of RBAC. */
export function roleHeader(kind: string): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: `${RBAC}/v1`, kind };
}

/** A ServiceAccount, to be made before it is bound. */
export function serviceAccountObject(subject: {
  readonly namespace: string;
  readonly name: string;
}): object {
  const { namespace, name } = subject;
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

/** One rule per group, verbs and name, with the resources together; in a fixed order. */
export function rulesOf(reads: readonly ApiRead[]): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const { group, resource, name, verbs } of reads) {
    const key = [group, verbs.join(','), name ?? ''].join(' ');
    const known = rules.get(key)?.resources ?? [];
    rules.set(key, {
      apiGroups: [group],
      resources: [...new Set([...known, resource])].sort(),
      ...(name !== undefined && { resourceNames: [name] }),
      verbs,
    });
  }
  return [...rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
