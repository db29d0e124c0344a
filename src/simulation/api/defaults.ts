// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import { isJsonObject, without, type JsonObject } from './patch/json-value.ts';
import type { ResourceDefinition } from './resource-catalogue.ts';

/** Kinds whose first status the client may give. kubernetes@v1.34.4:pkg/registry/core/node/strategy.go */
const STATUS_FROM_CLIENT = new Set(['nodes']);

/** Gives a new object what the API server gives it: the first status, and a pod's most visible defaults. */
export function withDefaults(
  object: KubernetesObject,
  resource: ResourceDefinition,
): KubernetesObject {
  const hasStatus = resource.subresources.some((known) => known.name === 'status');
  if (!hasStatus || STATUS_FROM_CLIENT.has(resource.plural)) return object;
  const { apiVersion, kind, metadata } = object;
  const rest: KubernetesObject = { ...without(object, 'status'), apiVersion, kind, metadata };
  if (resource.plural === 'namespaces') return { ...rest, status: { phase: 'Active' } };
  if (resource.plural !== 'pods') return rest;
  const spec = isJsonObject(rest['spec']) ? rest['spec'] : {};
  return {
    ...rest,
    spec: { ...POD_DEFAULTS, ...spec, containers: containersOf(spec) },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  };
}

/** kubernetes@v1.34.4:pkg/apis/core/v1/defaults.go */
const POD_DEFAULTS: JsonObject = {
  dnsPolicy: 'ClusterFirst',
  enableServiceLinks: true,
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  serviceAccountName: 'default',
  terminationGracePeriodSeconds: 30,
};

function containersOf(spec: JsonObject): JsonObject[] {
  const containers = Array.isArray(spec['containers']) ? spec['containers'] : [];
  return containers.filter(isJsonObject).map((container) => ({
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
    ...container,
  }));
}
