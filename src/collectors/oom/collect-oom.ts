// SPDX-License-Identifier: Apache-2.0

import { type Fact, absent, observed } from '#model/fact.ts';
import type { GonePod, OomEvent, OomFlannel, OomPicture, OomPod } from '#model/oom.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import { type ApiRead, apiRead } from '#collectors/define-collector.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { type SignsOptions, readSigns } from '#collectors/oom/read-signs.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { projectEventPod, projectOomEvent } from '#sources/kubernetes/objects/oom-event.ts';
import { projectPodEnds } from '#sources/kubernetes/objects/pod-ends.ts';
import { isSourceError } from '#sources/source-error.ts';

/** The rights that signs of kills take, but those of the way into nodes. */
export const OOM_READS: readonly ApiRead[] = [
  apiRead('', 'pods', 'list'),
  apiRead('', 'events', 'list'),
];

/** Reasons of Events that tell of a kill for memory. */
const EVENT_REASONS: readonly string[] = ['OOMKilling', 'SystemOOM'];

/**
 * Reads all signs of kills for memory: the status of every pod, Events, and of each node the kernel's log and counters.
 *
 * @throws SourceError on cancellation; what else cannot be read is absent with its reason
 */
export async function collectOom(
  connection: KubernetesConnection,
  cluster: Pick<ClusterFactRecord, 'nodes' | 'flannel' | 'flannelPods'>,
  options: SignsOptions,
): Promise<OomPicture> {
  const flannel = flannelOf(cluster);
  const { signal } = options;
  const [pods, events, gonePods, nodes] = await Promise.all([
    fact(() => listPods(connection, signal), signal),
    fact(() => listEvents(connection, signal), signal),
    flannel.state === 'absent'
      ? flannel
      : fact(() => listEventPods(connection, flannel.value.namespace, signal), signal),
    readSigns(connection, cluster, options),
  ]);
  return { readAt: new Date().toISOString(), pods, events, gonePods, flannel, nodes };
}

async function fact<T>(read: () => Promise<T>, signal: AbortSignal): Promise<Fact<T>> {
  try {
    return observed(await read(), new Date().toISOString());
  } catch (error) {
    if (isSourceError(error, 'cancelled') && signal.aborted) throw error;
    return absenceOf(error);
  }
}

function listPods(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<readonly OomPod[]> {
  const request = { path: '/api/v1/pods', operation: 'list pods', signal };
  return connection.list(request, projectPodEnds);
}

async function listEvents(
  connection: KubernetesConnection,
  signal: AbortSignal,
): Promise<readonly OomEvent[]> {
  const lists = await Promise.all(
    EVENT_REASONS.map((reason) => {
      const query = { fieldSelector: `reason=${reason}` };
      const request = { path: '/api/v1/events', query, operation: 'list events', signal };
      return connection.list(request, projectOomEvent);
    }),
  );
  return lists.flat();
}

/** Events outlive their pods: for an hour they tell whose a UID was. */
async function listEventPods(
  connection: KubernetesConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly GonePod[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const query = { fieldSelector: 'involvedObject.kind=Pod' };
  const request = { path, query, operation: `list events in ${namespace}`, signal };
  const pods = await connection.list(request, projectEventPod);
  // One without the node, from the scheduler, must not hide that of the kubelet.
  const withNodeLast = [...pods].sort(
    (a, b) => Number(a.node !== undefined) - Number(b.node !== undefined),
  );
  return [...new Map(withNodeLast.map((pod) => [pod.uid, pod])).values()];
}

function flannelOf({
  flannel,
  flannelPods,
}: Pick<ClusterFactRecord, 'flannel' | 'flannelPods'>): Fact<OomFlannel> {
  if (flannel.state === 'absent') return flannel;
  if (flannelPods.state === 'absent') return flannelPods;
  if (flannel.value.kind === 'embedded') {
    return absent('unsupported', 'Flannel runs inside another program here, not in pods.');
  }
  const { namespace, name, container } = flannel.value;
  const podUids = flannelPods.value.map(({ uid }) => uid);
  return { ...flannel, value: { namespace, name, container, podUids } };
}
