// SPDX-License-Identifier: Apache-2.0

/** A resource that the server offers. */
export interface ResourceDefinition {
  /** Empty for the core group. */
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  /** Verbs of the resource itself, as discovery lists them. */
  verbs: readonly string[];
  subresources: readonly SubresourceDefinition[];
  /** True when it belongs to `kubectl get all`. */
  all: boolean;
}

/** A subresource of a {@link ResourceDefinition}. */
export interface SubresourceDefinition {
  name: string;
  kind: string;
  verbs: readonly string[];
}

const STORED = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;
const READ_ONLY = ['get', 'list'] as const;
const STATUS_VERBS = ['get', 'patch', 'update'] as const;

function status(kind: string): SubresourceDefinition {
  return { name: 'status', kind, verbs: STATUS_VERBS };
}

const POD_SUBRESOURCES: readonly SubresourceDefinition[] = [
  { name: 'ephemeralcontainers', kind: 'Pod', verbs: STATUS_VERBS },
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  status('Pod'),
];

type Extra = Partial<
  Pick<
    ResourceDefinition,
    'shortNames' | 'verbs' | 'subresources' | 'all' | 'plural' | 'namespaced' | 'singular'
  >
>;

function define(groupVersion: string, kind: string, extra: Extra = {}): ResourceDefinition {
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  return {
    group,
    version,
    kind,
    singular: kind.toLowerCase(),
    plural: `${kind.toLowerCase()}s`,
    namespaced: true,
    shortNames: [],
    verbs: STORED,
    subresources: [],
    all: false,
    ...extra,
  };
}

function workload(kind: string, shortName: string): ResourceDefinition {
  return define('apps/v1', kind, {
    shortNames: [shortName],
    subresources: [status(kind)],
    all: true,
  });
}

function review(group: string, kind: string, namespaced = false): ResourceDefinition {
  return define(`${group}/v1`, kind, { namespaced, verbs: ['create'] });
}

/** All resources that the simulated server offers. */
export const RESOURCES: readonly ResourceDefinition[] = [
  define('v1', 'ConfigMap', { shortNames: ['cm'] }),
  define('v1', 'Endpoints', { shortNames: ['ep'], plural: 'endpoints' }),
  define('v1', 'Event', { shortNames: ['ev'] }),
  define('v1', 'LimitRange', { shortNames: ['limits'] }),
  define('v1', 'Namespace', {
    shortNames: ['ns'],
    namespaced: false,
    subresources: [status('Namespace')],
  }),
  define('v1', 'Node', {
    shortNames: ['no'],
    namespaced: false,
    subresources: [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: ['get'] }, status('Node')],
  }),
  define('v1', 'Pod', { shortNames: ['po'], subresources: POD_SUBRESOURCES, all: true }),
  define('v1', 'ResourceQuota', { shortNames: ['quota'], subresources: [status('ResourceQuota')] }),
  define('v1', 'Secret'),
  define('v1', 'ServiceAccount', { shortNames: ['sa'] }),
  define('v1', 'Service', {
    shortNames: ['svc'],
    subresources: [
      { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['get'] },
      status('Service'),
    ],
    all: true,
  }),
  define('apiregistration.k8s.io/v1', 'APIService', { namespaced: false }),
  define('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    namespaced: false,
    shortNames: ['crd', 'crds'],
  }),
  define('apps/v1', 'ControllerRevision'),
  workload('DaemonSet', 'ds'),
  workload('Deployment', 'deploy'),
  workload('ReplicaSet', 'rs'),
  workload('StatefulSet', 'sts'),
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  define('batch/v1', 'CronJob', {
    shortNames: ['cj'],
    subresources: [status('CronJob')],
    all: true,
  }),
  define('batch/v1', 'Job', { subresources: [status('Job')], all: true }),
  define('coordination.k8s.io/v1', 'Lease'),
  define('discovery.k8s.io/v1', 'EndpointSlice'),
  define('events.k8s.io/v1', 'Event', { shortNames: ['ev'] }),
  define('metrics.k8s.io/v1beta1', 'NodeMetrics', {
    plural: 'nodes',
    singular: '',
    namespaced: false,
    verbs: READ_ONLY,
  }),
  define('metrics.k8s.io/v1beta1', 'PodMetrics', {
    plural: 'pods',
    singular: '',
    verbs: READ_ONLY,
  }),
  define('networking.k8s.io/v1', 'NetworkPolicy', {
    plural: 'networkpolicies',
    shortNames: ['netpol'],
  }),
  define('policy/v1', 'PodDisruptionBudget', { shortNames: ['pdb'] }),
  define('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { namespaced: false }),
  define('rbac.authorization.k8s.io/v1', 'ClusterRole', { namespaced: false }),
  define('rbac.authorization.k8s.io/v1', 'RoleBinding'),
  define('rbac.authorization.k8s.io/v1', 'Role'),
];

const BY_PATH: ReadonlyMap<string, ResourceDefinition> = new Map(
  RESOURCES.map((resource) => [
    `${resource.group}/${resource.version}/${resource.plural}`,
    resource,
  ]),
);

/** Finds a resource by the parts of its path; undefined when the server does not offer it. */
export function findResource(
  group: string,
  version: string,
  plural: string,
): ResourceDefinition | undefined {
  return BY_PATH.get(`${group}/${version}/${plural}`);
}

/** `v1` or `apps/v1`. */
export function groupVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** Name under which the store holds the resource; both event APIs share the core one. */
export function storeNameOf(resource: ResourceDefinition): string {
  if (resource.group === '' || resource.group === 'events.k8s.io') return resource.plural;
  return `${resource.plural}.${resource.group}`;
}
