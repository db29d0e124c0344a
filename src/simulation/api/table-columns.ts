// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from '#simulation/store.ts';
import { isJsonObject, type JsonObject } from './patch/json-value.ts';
import type { ResourceDefinition } from './resource-catalogue.ts';

/** One column of a Table. */
export interface Column {
  name: string;
  /** OpenAPI type; absent: string. */
  type?: string;
  /** Shown by `-o wide` only. */
  wide?: boolean;
  cell(object: KubernetesObject, now: Date): string | number;
}

const NAME: Column = { name: 'Name', cell: ({ metadata }) => metadata.name };
const AGE: Column = {
  name: 'Age',
  cell: ({ metadata }, now) => age(metadata.creationTimestamp, now),
};

/** Columns after kubernetes@v1.34.4:pkg/printers/internalversion/printers.go; Name and Age for the rest. */
export function columnsOf(resource: ResourceDefinition): readonly Column[] {
  if (resource.group === '' || resource.group === 'apps') {
    return COLUMNS[resource.plural] ?? [NAME, AGE];
  }
  return [NAME, AGE];
}

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  nodes: [
    NAME,
    { name: 'Status', cell: nodeStatus },
    { name: 'Roles', cell: nodeRoles },
    AGE,
    { name: 'Version', cell: (node) => text(node, 'status', 'nodeInfo', 'kubeletVersion') },
    { name: 'Internal-IP', wide: true, cell: (node) => nodeAddress(node, 'InternalIP') },
    { name: 'External-IP', wide: true, cell: (node) => nodeAddress(node, 'ExternalIP') },
    nodeInfoColumn('OS-Image', 'osImage'),
    nodeInfoColumn('Kernel-Version', 'kernelVersion'),
    nodeInfoColumn('Container-Runtime', 'containerRuntimeVersion'),
  ],
  pods: [
    NAME,
    { name: 'Ready', cell: podReady },
    { name: 'Status', cell: podStatus },
    { name: 'Restarts', cell: podRestarts },
    AGE,
    { name: 'IP', wide: true, cell: (pod) => text(pod, 'status', 'podIP') || '<none>' },
    { name: 'Node', wide: true, cell: (pod) => text(pod, 'spec', 'nodeName') || '<none>' },
    { name: 'Nominated Node', wide: true, cell: () => '<none>' },
    { name: 'Readiness Gates', wide: true, cell: () => '<none>' },
  ],
  daemonsets: [
    NAME,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    { name: 'Node Selector', cell: nodeSelector },
    AGE,
  ],
  namespaces: [NAME, { name: 'Status', cell: (object) => text(object, 'status', 'phase') }, AGE],
  configmaps: [
    NAME,
    {
      name: 'Data',
      cell: (object) =>
        String(isJsonObject(object['data']) ? Object.keys(object['data']).length : 0),
    },
    AGE,
  ],
  services: [
    NAME,
    { name: 'Type', cell: (object) => text(object, 'spec', 'type') },
    { name: 'Cluster-IP', cell: (object) => text(object, 'spec', 'clusterIP') || '<none>' },
    AGE,
  ],
  events: [
    { name: 'Last Seen', cell: (event, now) => age(text(event, 'lastTimestamp'), now) },
    { name: 'Type', cell: (event) => text(event, 'type') },
    { name: 'Reason', cell: (event) => text(event, 'reason') },
    {
      name: 'Object',
      cell: (event) =>
        `${text(event, 'involvedObject', 'kind').toLowerCase()}/${text(event, 'involvedObject', 'name')}`,
    },
    { name: 'Message', cell: (event) => text(event, 'message') },
  ],
};

function count(name: string, ...path: string[]): Column {
  return { name, type: 'integer', cell: (object) => Number(text(object, ...path) || '0') };
}

function nodeInfoColumn(name: string, field: string): Column {
  return {
    name,
    wide: true,
    cell: (node) => text(node, 'status', 'nodeInfo', field) || '<unknown>',
  };
}

function nodeStatus(node: KubernetesObject): string {
  const ready = objects(node, 'status', 'conditions').find((known) => known['type'] === 'Ready');
  const status = { True: 'Ready', False: 'NotReady' }[String(ready?.['status'])] ?? 'Unknown';
  return text(node, 'spec', 'unschedulable') === 'true' ? `${status},SchedulingDisabled` : status;
}

function nodeRoles(node: KubernetesObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.sort().join(',') || '<none>';
}

function nodeAddress(node: KubernetesObject, type: string): string {
  const found = objects(node, 'status', 'addresses').find((known) => known['type'] === type);
  return typeof found?.['address'] === 'string' ? found['address'] : '<none>';
}

function podReady(pod: KubernetesObject): string {
  const ready = objects(pod, 'status', 'containerStatuses').filter(
    (known) => known['ready'] === true,
  );
  return `${String(ready.length)}/${String(objects(pod, 'spec', 'containers').length)}`;
}

function podStatus(pod: KubernetesObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const status of objects(pod, 'status', 'containerStatuses')) {
    const reason =
      text(status, 'state', 'waiting', 'reason') || text(status, 'state', 'terminated', 'reason');
    if (reason !== '') return reason;
  }
  return text(pod, 'status', 'reason') || text(pod, 'status', 'phase');
}

/** The count, and when the last life ended if the pod still knows. */
function podRestarts(pod: KubernetesObject, now: Date): string {
  const statuses = objects(pod, 'status', 'containerStatuses');
  const restarts = statuses.reduce((sum, status) => sum + Number(status['restartCount'] ?? 0), 0);
  const [last] = statuses
    .map((status) => text(status, 'lastState', 'terminated', 'finishedAt'))
    .filter((finishedAt) => finishedAt !== '')
    .sort((a, b) => Date.parse(b) - Date.parse(a));
  return restarts === 0 || last === undefined
    ? String(restarts)
    : `${String(restarts)} (${age(last, now)} ago)`;
}

function nodeSelector(object: KubernetesObject): string {
  const selector = dig(object, ['spec', 'template', 'spec', 'nodeSelector']);
  const pairs = Object.entries(isJsonObject(selector) ? selector : {});
  return pairs.map(([key, value]) => `${key}=${String(value)}`).join(',') || '<none>';
}

/** Time since an instant as kubernetes@v1.34.4:staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go writes it, rounded down. */
export function age(since: string | undefined, now: Date): string {
  const start = Date.parse(since ?? '');
  if (Number.isNaN(start)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now.getTime() - start) / 1000));
  if (seconds < 120) return `${String(seconds)}s`;
  if (seconds < 600) return pair(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  if (seconds < 3 * 3600) return `${String(Math.floor(seconds / 60))}m`;
  if (seconds < 8 * 3600) {
    return pair(Math.floor(seconds / 3600), 'h', Math.floor(seconds / 60) % 60, 'm');
  }
  if (seconds < 48 * 3600) return `${String(Math.floor(seconds / 3600))}h`;
  if (seconds < 8 * 86400) {
    return pair(Math.floor(seconds / 86400), 'd', Math.floor(seconds / 3600) % 24, 'h');
  }
  if (seconds < 2 * 365 * 86400) return `${String(Math.floor(seconds / 86400))}d`;
  return `${String(Math.floor(seconds / (365 * 86400)))}y`;
}

function pair(high: number, highUnit: string, low: number, lowUnit: string): string {
  return low === 0
    ? `${String(high)}${highUnit}`
    : `${String(high)}${highUnit}${String(low)}${lowUnit}`;
}

function dig(object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const part of path) value = isJsonObject(value) ? value[part] : undefined;
  return value;
}

function text(object: JsonObject, ...path: string[]): string {
  const value = dig(object, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function objects(object: JsonObject, ...path: string[]): JsonObject[] {
  const value = dig(object, path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
