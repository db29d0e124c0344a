// SPDX-License-Identifier: Apache-2.0

import { type AbsentFact, absent } from '#model/fact.ts';
import type { OomNode } from '#model/oom.ts';
import type { ClusterFactRecord } from '#model/snapshot.ts';
import { absenceOf } from '#collectors/fact-absence.ts';
import { mapLimited } from '#collectors/map-limited.ts';
import { type WayOptions, chooseWays, debugShell, unreadable } from '#collectors/node-way.ts';
import { type NodeSigns, oomReading } from '#collectors/oom/oom-sections.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ShellRun } from '#sources/node-access/node-shell.ts';
import { isSourceError } from '#sources/source-error.ts';

/** How to read the nodes, and which. */
export interface SignsOptions extends WayOptions {
  readonly concurrency: number;
  /** Absent: all. */
  readonly nodes?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Called with the pods that could not be removed, by namespace and name. */
  readonly onLeftover?: ((pods: readonly string[]) => void) | undefined;
}

type SignsFacts = Pick<ClusterFactRecord, 'nodes' | 'flannel' | 'flannelPods'>;

/**
 * Reads of each node what its kernel says of kills for memory: through flannel's container, and the log again by a pod
 * that may read it, where that container may not and there is leave to make pods.
 */
export async function readSigns(
  connection: KubernetesConnection,
  cluster: SignsFacts,
  options: SignsOptions,
): Promise<readonly OomNode[]> {
  const objects = cluster.nodes.state === 'observed' ? cluster.nodes.value : [];
  const selected = objects.filter(({ name }) => options.nodes?.includes(name) ?? true);
  const { nodeTimeoutMs, concurrency, signal } = options;
  const inPods = chooseWays(connection, cluster, { nodeTimeoutMs });
  const withLog = debugShell(connection, cluster, options, ['SYSLOG']);
  try {
    return await mapLimited(selected, { atOnce: concurrency }, async (node) => {
      const { name, createdAt } = node;
      const barred = unreadable(node);
      if (barred !== undefined) return { name, createdAt, ...nothing(barred) };
      const seen =
        'state' in inPods
          ? nothing(inPods)
          : await attempt((script) => inPods.runOn(name, script, signal), signal);
      if (seen.kernelLog.state === 'observed' || withLog === undefined) {
        return { name, createdAt, ...seen };
      }
      const again = await attempt((script) => withLog.run(name, script, signal), signal);
      // A debug pod sees the kernel's log, and a cgroup that is not flannel's.
      return { name, createdAt, ...again, cgroup: seen.cgroup };
    });
  } finally {
    const left = (await withLog?.close()) ?? [];
    if (left.length > 0) options.onLeftover?.(left);
  }
}

async function attempt(
  run: (script: string) => Promise<ShellRun>,
  signal: AbortSignal,
): Promise<NodeSigns> {
  try {
    const reading = oomReading();
    return reading.parse(await run(reading.script), new Date().toISOString());
  } catch (error) {
    if (isSourceError(error, 'cancelled') && signal.aborted) throw error;
    return nothing(absenceOf(error));
  }
}

function nothing(fact: AbsentFact): NodeSigns {
  const { reason, detail } = fact;
  return { kernelLog: absent(reason, detail), cgroup: absent(reason, detail) };
}
