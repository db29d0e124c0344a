// SPDX-License-Identifier: Apache-2.0

import { apiRight, type ApiRight, inNamespace } from '#actuators/define-actuator.ts';

/** Where objects may be created, and the right that it takes. */
export interface ManifestPlace {
  /** Whole paths of objects on the API server. */
  readonly paths: RegExp;
  readonly right: ApiRight;
}

const VERBS = ['get', 'create', 'patch', 'delete'] as const;
const RBAC = 'rbac.authorization.k8s.io';
/** A name of RFC 1123, or one of RBAC, which may hold colons. */
const NAME = '[a-z0-9](?:[-.:a-z0-9]{0,251}[a-z0-9])?';
/** A label of RFC 1123. */
const NAMESPACE = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
/** What is created beside Flannel has one name, whatever its kind. */
const OWN_NAME = 'selvage-scheduled-restart';

/** Every place that Selvage creates objects in. */
export const MANIFEST_PLACES: readonly ManifestPlace[] = [
  inSystem('', 'v1', 'serviceaccounts'),
  inSystem('', 'v1', 'services'),
  inSystem('apps', 'v1', 'deployments'),
  inSystem(RBAC, 'v1', 'rolebindings'),
  ofCluster(RBAC, 'v1', 'clusterroles'),
  ofCluster(RBAC, 'v1', 'clusterrolebindings'),
  ofCluster('apiregistration.k8s.io', 'v1', 'apiservices'),
  besideFlannel('', 'v1', 'serviceaccounts'),
  besideFlannel(RBAC, 'v1', 'roles'),
  besideFlannel(RBAC, 'v1', 'rolebindings'),
  besideFlannel('batch', 'v1', 'cronjobs'),
];

function inSystem(group: string, version: string, resource: string): ManifestPlace {
  return {
    paths: whole(group, version, `namespaces/kube-system/${resource}/${NAME}`),
    right: inNamespace('kube-system', apiRight(group, resource, ...VERBS)),
  };
}

function besideFlannel(group: string, version: string, resource: string): ManifestPlace {
  return {
    paths: whole(group, version, `namespaces/${NAMESPACE}/${resource}/${OWN_NAME}`),
    right: inNamespace('flannel', apiRight(group, resource, ...VERBS)),
  };
}

function ofCluster(group: string, version: string, resource: string): ManifestPlace {
  return {
    paths: whole(group, version, `${resource}/${NAME}`),
    right: apiRight(group, resource, ...VERBS),
  };
}

function whole(group: string, version: string, rest: string): RegExp {
  const root =
    group === '' ? `api/${version}` : `apis/${group.replaceAll('.', String.raw`\.`)}/${version}`;
  return new RegExp(`^/${root}/${rest}$`, 'u');
}
