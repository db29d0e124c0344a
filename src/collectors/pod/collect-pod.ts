// SPDX-License-Identifier: Apache-2.0

import { type Fact, absent, observed } from '#model/fact.ts';
import type {
  ContainerLogs,
  PodContainer,
  PodDetail,
  PodEvent,
  PodPicture,
  PodUsage,
} from '#model/pod-detail.ts';
import { type ApiRead, apiRead } from '#collectors/define-collector.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { readUsage } from '#collectors/resources/read-usage.ts';
import { USAGE_SOURCES } from '#collectors/resources/usage-sources.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { projectPodDetail, projectPodEvent } from '#sources/kubernetes/objects/pod-detail.ts';
import { plainText } from '#sources/plain-text.ts';
import { SourceError, isSourceError } from '#sources/source-error.ts';

/** The rights that a pod takes, wherever it is, but those of its use. */
export const POD_READS: readonly ApiRead[] = [
  apiRead('', 'pods', 'get'),
  apiRead('', 'pods/log', 'get'),
  apiRead('', 'events', 'list'),
];

/** Which pod, and how much of its logs. */
export interface PodRequest {
  readonly namespace: string;
  readonly name: string;
  /** Lines of each log. */
  readonly logLines: number;
  readonly signal: AbortSignal;
}

/** What is kept of a line of a log, characters. */
const MAX_LOG_LINE = 300;
const LOG_BYTES_PER_LINE = 4096;
const TIMEOUT_MS = 10_000;
/** Events that are shown, the latest ones. */
const MAX_EVENTS = 50;

/**
 * Reads all of one pod but its configuration: no environment, no mount, no Secret.
 *
 * @throws SourceError `not-found` and what else keeps the pod from being read; on cancellation
 */
export async function collectPod(
  connection: KubernetesConnection,
  request: PodRequest,
): Promise<PodPicture> {
  const { namespace, name, signal } = request;
  const path = `${podsPath(namespace)}/${encodeURIComponent(name)}`;
  const operation = 'get pods';
  const pod = projectPodDetail(await connection.get({ path, operation, signal }));
  if (pod === undefined) {
    throw new SourceError('not-json', { operation, target: path, detail: 'it is no Pod' });
  }
  const [events, usage, logs] = await Promise.all([
    fact(signal, () => listEvents(connection, pod, signal)),
    usageOf(connection, pod, signal),
    Promise.all(withLogs(pod).map((container) => logsOf(connection, container, request))),
  ]);
  return { readAt: new Date().toISOString(), pod, events, usage, logs };
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

async function fact<T>(signal: AbortSignal, read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return observed(await read(), new Date().toISOString());
  } catch (error) {
    if (isSourceError(error, 'cancelled') && signal.aborted) throw error;
    return absenceOf(error);
  }
}

async function listEvents(
  connection: KubernetesConnection,
  { namespace, name, uid }: PodDetail,
  signal: AbortSignal,
): Promise<readonly PodEvent[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name},involvedObject.uid=${uid}`;
  const request = { path, query: { fieldSelector }, operation: 'list events', signal };
  const events = await connection.list(request, projectPodEvent);
  return [...events].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1)).slice(-MAX_EVENTS);
}

async function usageOf(
  connection: KubernetesConnection,
  { namespace, name, node }: PodDetail,
  signal: AbortSignal,
): Promise<Fact<PodUsage>> {
  if (node === undefined) return absent('unsupported', 'The pod runs on no node.');
  const usage = await readUsage(USAGE_SOURCES, { connection, signal, namespace, nodes: [node] });
  if (usage.state === 'absent') return usage;
  const { origin, containers } = usage.value;
  const own = containers.filter((each) => each.namespace === namespace && each.pod === name);
  if (own.length === 0) return absent('failed', `${origin} has no values of this pod.`);
  return { ...usage, value: { origin, containers: own } };
}

/** An init container that has done its work has nothing to say, unless it is what went wrong. */
function withLogs({ containers }: PodDetail): readonly PodContainer[] {
  return containers.filter(
    ({ role, state, ends }) =>
      state !== 'unknown' && (role !== 'init' || ends.some(({ exitCode }) => exitCode !== 0)),
  );
}

async function logsOf(
  connection: KubernetesConnection,
  { name: container, restartCount }: PodContainer,
  { namespace, name: pod, logLines, signal }: PodRequest,
): Promise<ContainerLogs> {
  const read = (previous: boolean): Promise<Fact<readonly string[]>> =>
    fact(signal, async () => {
      const text = await connection.log({
        namespace,
        pod,
        container,
        tailLines: logLines,
        limitBytes: logLines * LOG_BYTES_PER_LINE,
        timeoutMs: TIMEOUT_MS,
        signal,
        ...(previous && { previous }),
      });
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.slice(-logLines).map((line) => plainText(line, MAX_LOG_LINE));
    });
  const [current, previous] = await Promise.all([
    read(false),
    restartCount > 0 ? read(true) : null,
  ]);
  return { container, current, previous };
}
