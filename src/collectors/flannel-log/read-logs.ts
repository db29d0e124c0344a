// SPDX-License-Identifier: Apache-2.0

import type { PodObject } from '#model/cluster.ts';
import { type AbsentFact, type Fact, absent, observed } from '#model/fact.ts';
import type { FlannelLog } from '#model/flannel-log.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import { type ApiRead, apiRead, inNamespace } from '#collectors/define-collector.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { parseFlannelLog } from '#sources/flannel-log/parse-flannel-log.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import { isSourceError } from '#sources/source-error.ts';

/** The right that reading logs needs. */
export const LOG_READS: readonly ApiRead[] = [
  inNamespace('flannel', apiRead('', 'pods/log', 'get')),
];

/** Enough for the lines of a start without its peers, and for hours of a repeated error. */
const TAIL_LINES = 200;
/** The server cuts from the tail's beginning, so this is far above what 200 lines of flannel take (about 30 kB). */
const LIMIT_BYTES = 256 * 1024;

/** What is known before any log is read. */
export interface LogReadingOptions {
  readonly connection: Pick<KubernetesConnection, 'log'>;
  readonly cluster: Pick<ClusterFactRecord, 'flannel' | 'flannelPods'>;
  readonly timeoutMs: number;
}

/** Reads the end of the log of one node's flannel container. */
export type LogReader = (node: string, signal: AbortSignal) => Promise<Fact<FlannelLog>>;

/**
 * The reader of flannel's logs: one call per node. Of a container that waits for its restart the API gives the log of
 * its last run, so that runs before the current one are never asked for.
 */
export function logReader({ connection, cluster, timeoutMs }: LogReadingOptions): LogReader {
  const { flannel, flannelPods } = cluster;
  const unread = whyUnread(cluster);
  if (unread !== undefined) return () => Promise.resolve(unread);
  if (flannel.state === 'absent' || flannel.value.kind === 'embedded') throw new Error('no pods');
  const { container } = flannel.value;
  const pods = flannelPods.state === 'observed' ? flannelPods.value : [];
  return async (node, signal) => {
    const pod = podOn(pods, node);
    if (pod === undefined) return absent('unsupported', 'No flannel pod runs on the node.');
    const { namespace, name } = pod;
    const request = { namespace, pod: name, container, tailLines: TAIL_LINES };
    try {
      const text = await connection.log({ ...request, limitBytes: LIMIT_BYTES, timeoutMs, signal });
      const readAt = new Date().toISOString();
      return observed(parseFlannelLog(text, readAt), readAt);
    } catch (error) {
      if (isSourceError(error, 'cancelled') && signal.aborted) throw error;
      return absenceOf(error);
    }
  };
}

function whyUnread({ flannel, flannelPods }: LogReadingOptions['cluster']): AbsentFact | undefined {
  if (flannel.state === 'absent') return flannel;
  if (flannel.value.kind === 'embedded') {
    return absent('unsupported', 'Flannel is embedded in another program: its log is in no pod.');
  }
  return flannelPods.state === 'absent' ? flannelPods : undefined;
}

/** The newest pod that is not on its way out. */
function podOn(pods: readonly PodObject[], node: string): PodObject | undefined {
  return pods
    .filter(({ nodeName, deletingSince }) => nodeName === node && deletingSince === undefined)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}

/**
 * A log whose time of reading is moved to the clock of the node, which also stamped its lines.
 *
 * @param aheadMs by how much the node's clock is ahead of ours
 */
export function byNodeClock(log: Fact<FlannelLog>, aheadMs: number): Fact<FlannelLog> {
  if (log.state === 'absent') return log;
  const readAt = new Date(Date.parse(log.value.readAt) + aheadMs).toISOString();
  return { ...log, value: { ...log.value, readAt } };
}
