// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import type { ResourceDefinition } from './resource-catalogue.ts';

/** Fields that core/v1 and events.k8s.io/v1 name differently, in that order. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** Shows a stored object in the version of the resource it is read through; only events have two. */
export function toVersion(
  object: KubernetesObject,
  resource: ResourceDefinition,
): KubernetesObject {
  if (resource.group !== 'events.k8s.io') return object;
  return {
    ...rename(object, 0),
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: object.metadata,
  };
}

/** Brings an object that was written through the resource into the version that the store holds. */
export function fromVersion(
  object: KubernetesObject,
  resource: ResourceDefinition,
): KubernetesObject {
  if (resource.group !== 'events.k8s.io') return object;
  return { ...rename(object, 1), apiVersion: 'v1', kind: 'Event', metadata: object.metadata };
}

function rename(object: KubernetesObject, from: 0 | 1): Record<string, unknown> {
  const names = new Map(
    RENAMED.map((pair) => (from === 0 ? [pair[0], pair[1]] : [pair[1], pair[0]])),
  );
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]),
  );
}
