// SPDX-License-Identifier: Apache-2.0

import { CLUSTER_COLLECTORS } from '#collectors/collect-cluster.ts';
import type { ApiRead } from '#collectors/define-collector.ts';
import { LOG_READS } from '#collectors/flannel-log/read-logs.ts';
import { DEBUG_POD_RIGHTS } from '#sources/node-access/debug-pod/debug-pod-shell.ts';
import { EXEC_READS } from '#sources/node-access/exec/exec-shell.ts';

/** Who is to have the rights. */
export type RoleSubject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string };

/** What the roles are made for. */
export interface ReaderRoleOptions {
  /** Namespace of Flannel's pods. */
  readonly flannelNamespace: string;
  readonly subject: RoleSubject;
  /** Namespace to make debug pods in; absent: no right to make any. */
  readonly debugNamespace?: string | undefined;
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
  return [...reads.filter((read) => read.kind === 'api'), ...EXEC_READS, ...LOG_READS];
}

/**
 * The objects that grant exactly what reading needs, to apply as they are. What is listed is granted for the whole
 * cluster, since Flannel is looked for in all namespaces; what is read or run in Flannel's namespace only there.
 */
export function readerObjects(options: ReaderRoleOptions): readonly object[] {
  const { flannelNamespace: namespace, subject, debugNamespace } = options;
  const reads = declaredReads();
  const isLocal = (read: ApiRead): boolean =>
    read.namespace === 'flannel' && !read.verbs.includes('list');
  const subjects = roleSubjects(subject);
  const debug = debugNamespace === undefined ? [] : debugPodObjects(debugNamespace, subjects);
  return [
    ...(subject.kind === 'ServiceAccount' ? [serviceAccountObject(subject)] : []),
    ...roles(NAME, subjects, {
      everywhere: reads.filter((read) => !isLocal(read)),
      local: { namespace, reads: reads.filter(isLocal) },
    }),
    ...debug,
  ];
}

/** The roles for debug pods, apart from those of reading: they hold the only verbs that change something. */
function debugPodObjects(namespace: string, subjects: readonly object[]): readonly object[] {
  const isLocal = (read: ApiRead): boolean => read.namespace === 'debug';
  return roles(`${NAME}-debug-pods`, subjects, {
    everywhere: DEBUG_POD_RIGHTS.filter((read) => !isLocal(read)),
    local: { namespace, reads: DEBUG_POD_RIGHTS.filter(isLocal) },
  });
}

interface Granted {
  readonly everywhere: readonly ApiRead[];
  readonly local: { readonly namespace: string; readonly reads: readonly ApiRead[] };
}

/** A role for the whole cluster and one for a namespace, with their bindings. */
function roles(
  name: string,
  subjects: readonly object[],
  { everywhere, local: { namespace, reads } }: Granted,
): readonly object[] {
  return [
    { ...roleHeader('ClusterRole'), metadata: { name }, rules: rulesOf(everywhere) },
    {
      ...roleHeader('ClusterRoleBinding'),
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects,
    },
    { ...roleHeader('Role'), metadata: { name, namespace }, rules: rulesOf(reads) },
    {
      ...roleHeader('RoleBinding'),
      metadata: { name, namespace },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
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
