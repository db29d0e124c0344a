// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import { badRequest } from './api-error.ts';
import { subjectOf, type Call } from './call.ts';
import { isJsonObject } from './patch/json-value.ts';
import { requireLive } from './writing.ts';

/** A container that exec or log names, found in its pod's spec. */
export interface PodContainer {
  namespace: string;
  pod: string;
  container: string;
  node: string;
}

/**
 * Finds the container of an exec or log call.
 *
 * @throws ApiError 404 without such a pod; 400 without such a container, without a name where there
 *   are several, or before the pod has a node, worded as kubernetes@v1.34.4:pkg/registry/core/pod/strategy.go
 */
export function requireContainer(call: Call): PodContainer {
  const pod = requireLive(call);
  const name = subjectOf(call).name ?? '';
  const container = containerName(pod, call.request.query.get('container') ?? '');
  const node = nodeOf(pod);
  if (node === '') throw badRequest(`pod ${name} does not have a host assigned`);
  return { namespace: call.request.namespace ?? '', pod: name, container, node };
}

/** Node of the pod that a call names; empty when there is no such pod or it has no node. */
export function nodeOfCall(call: Omit<Call, 'caller'>): string {
  const { resource, name = '', namespace } = call.request;
  if (resource.plural !== 'pods' || resource.group !== '') return '';
  const pod = call.cluster.store.get('pods', name, namespace);
  return pod === undefined ? '' : nodeOf(pod);
}

function containerName(pod: KubernetesObject, wanted: string): string {
  const { name } = pod.metadata;
  const main = namesOf(pod, 'containers');
  const all = [...namesOf(pod, 'initContainers'), ...main, ...namesOf(pod, 'ephemeralContainers')];
  if (wanted !== '') {
    if (all.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only, ...others] = main;
  if (only !== undefined && others.length === 0) return only;
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`,
  );
}

function namesOf(pod: KubernetesObject, field: string): string[] {
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const containers = Array.isArray(spec[field]) ? spec[field] : [];
  return containers
    .filter(isJsonObject)
    .map((container) => container['name'])
    .filter((name) => typeof name === 'string');
}

function nodeOf(pod: KubernetesObject): string {
  const node = isJsonObject(pod['spec']) ? pod['spec']['nodeName'] : undefined;
  return typeof node === 'string' ? node : '';
}
