// SPDX-License-Identifier: Apache-2.0

import { CLUSTER_COLLECTORS } from '#collectors/collect-cluster.ts';
import { DNS_DEPLOYMENT_READS } from '#collectors/core-dns/dns-deployment.ts';
import type { ApiRead } from '#collectors/define-collector.ts';
import { LOG_READS } from '#collectors/flannel-log/read-logs.ts';
import { OOM_READS } from '#collectors/oom/collect-oom.ts';
import { POD_READS } from '#collectors/pod/collect-pod.ts';
import { RULE_READS, USE_READS, POD_LIST_READS } from '#collectors/resources/collect-resources.ts';
import { kubeletUsage } from '#collectors/resources/kubelet-usage.ts';
import { metricsServerUsage } from '#collectors/resources/metrics-server-usage.ts';
import {
  DEFAULT_COMMANDS,
  type ReadingCommand,
  type WidePart,
  partsOf,
} from '#engine/reading-commands.ts';
import { DEBUG_POD_RIGHTS } from '#sources/node-access/debug-pod/debug-pod-shell.ts';
import { EXEC_READS } from '#sources/node-access/exec/exec-shell.ts';
import { PROMETHEUS_READS } from '#sources/prometheus/find-service.ts';

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
  /** Whether usage may be read from kubelets through the API server: by this right one can do far more than that. */
  readonly kubelets?: boolean | undefined;
  /** The commands to grant reading for; absent: {@link DEFAULT_COMMANDS}. */
  readonly commands?: readonly ReadingCommand[] | undefined;
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

const WIDE_READS: Readonly<Record<WidePart, readonly ApiRead[]>> = {
  identity: CLUSTER_COLLECTORS.identity.reads.filter((read) => read.kind === 'api'),
  pods: POD_LIST_READS,
  resources: USE_READS,
  quotas: RULE_READS,
  metrics: metricsServerUsage.reads,
  prometheus: PROMETHEUS_READS,
  oom: OOM_READS,
  pod: POD_READS,
};

/** Every right on API objects that the collectors and the way into nodes declare. */
function declaredReads(): readonly ApiRead[] {
  const reads = Object.values(CLUSTER_COLLECTORS).flatMap((collector) => collector.reads);
  return [...reads.filter((read) => read.kind === 'api'), ...EXEC_READS, ...LOG_READS];
}

/**
 * The objects that grant exactly what reading needs, to apply as they are. What Flannel is looked for by is granted
 * for the whole cluster, since it may be in any namespace; what is read or run in one namespace only there.
 */
export function readerObjects(options: ReaderRoleOptions): readonly object[] {
  const { flannelNamespace, subject, debugNamespace, kubelets = false } = options;
  const subjects = roleSubjects(subject);
  const parts = partsOf(options.commands ?? DEFAULT_COMMANDS);
  const debug = debugNamespace === undefined ? [] : debugPodObjects(debugNamespace, subjects);
  return [
    ...(subject.kind === 'ServiceAccount' ? [serviceAccountObject(subject)] : []),
    ...parts.flatMap((part) =>
      part === 'checks'
        ? checkingObjects(flannelNamespace, subjects)
        : clusterRole(`${NAME}-${part}`, subjects, WIDE_READS[part]),
    ),
    ...(kubelets ? clusterRole(`${NAME}-kubelets`, subjects, kubeletUsage.reads) : []),
    ...debug,
  ];
}

/** The roles by which a check reads. */
function checkingObjects(namespace: string, subjects: readonly object[]): readonly object[] {
  const reads = declaredReads();
  // Flannel's own namespace is not known before it is listed, and the DNS has its Service and pods in any.
  const isLocal = ({ namespace: role, verbs, resource }: ApiRead): boolean =>
    (role === 'flannel' && !verbs.includes('list')) ||
    (role === 'kube-system' && DNS_DEPLOYMENT_READS.some((each) => each.resource === resource));
  const local = new Map<string, ApiRead[]>([[namespace, []]]);
  for (const read of reads.filter(isLocal)) {
    const place = read.namespace === 'flannel' ? namespace : 'kube-system';
    local.set(place, [...(local.get(place) ?? []), read]);
  }
  const everywhere = reads.filter((read) => !isLocal(read));
  return roles(NAME, subjects, { everywhere, local });
}

/** The roles for debug pods, apart from those of reading: they hold the only verbs that change something. */
function debugPodObjects(namespace: string, subjects: readonly object[]): readonly object[] {
  const isLocal = (read: ApiRead): boolean => read.namespace === 'debug';
  return roles(`${NAME}-debug-pods`, subjects, {
    everywhere: DEBUG_POD_RIGHTS.filter((read) => !isLocal(read)),
    local: new Map([[namespace, DEBUG_POD_RIGHTS.filter(isLocal)]]),
  });
}

interface Granted {
  readonly everywhere: readonly ApiRead[];
  /** By namespace. */
  readonly local: ReadonlyMap<string, readonly ApiRead[]>;
}

/** A role for the whole cluster and one for each namespace, with their bindings. */
function roles(
  name: string,
  subjects: readonly object[],
  { everywhere, local }: Granted,
): readonly object[] {
  return [
    ...clusterRole(name, subjects, everywhere),
    ...[...local].flatMap(([namespace, reads]) => [
      { ...roleHeader('Role'), metadata: { name, namespace }, rules: rulesOf(reads) },
      {
        ...roleHeader('RoleBinding'),
        metadata: { name, namespace },
        roleRef: { apiGroup: RBAC, kind: 'Role', name },
        subjects,
      },
    ]),
  ];
}

/** A role for the whole cluster, with its binding. */
function clusterRole(
  name: string,
  subjects: readonly object[],
  reads: readonly ApiRead[],
): readonly object[] {
  return [
    { ...roleHeader('ClusterRole'), metadata: { name }, rules: rulesOf(reads) },
    {
      ...roleHeader('ClusterRoleBinding'),
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
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
