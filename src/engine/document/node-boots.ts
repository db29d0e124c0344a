// SPDX-License-Identifier: Apache-2.0

import type { NodeObject } from '#model/cluster.ts';
import { definedFields } from '#model/defined-fields.ts';
import type { Fact } from '#model/fact.ts';
import type { NodeBoot } from '#model/kernel.ts';
import type { PodInventory } from '#model/resources.ts';
import type { DocumentBoot, DocumentRestart } from '#report/cluster-document.ts';

/** All that tells when a node started. */
export interface BootTraces {
  readonly node: Pick<NodeObject, 'name' | 'bootId'>;
  /** As read in the node. */
  readonly boot: Fact<NodeBoot>;
}

/** Nodes that started within that time of each other restarted together. */
const TOGETHER_MS = 3_600_000;

/** The last start of each node, by name. */
export function nodeBoots(
  traces: readonly BootTraces[],
  pods: Fact<readonly PodInventory[]>,
): ReadonlyMap<string, DocumentBoot> {
  const upSince = oldestRunning(pods);
  const idOf = ({ node, boot }: BootTraces): string | undefined =>
    boot.state === 'observed' ? boot.value.bootId : node.bootId;
  return new Map(
    traces.map((trace) => {
      const id = idOf(trace);
      const { name } = trace.node;
      const same = traces.filter((other) => id !== undefined && idOf(other) === id);
      const sharedWith = same.map(({ node }) => node.name).filter((other) => other !== name);
      const boot: DocumentBoot = definedFields({
        id,
        kernelAt: trace.boot.state === 'observed' ? trace.boot.value.bootedAt : undefined,
        upSince: upSince.get(name),
        sharedWith,
        evidence: evidenceOf(trace, sharedWith),
      });
      return [name, boot] as const;
    }),
  );
}

function evidenceOf({ boot }: BootTraces, sharedWith: readonly string[]): string {
  if (boot.state === 'absent') return `The start of the kernel was not read. ${boot.detail}`;
  return sharedWith.length === 0
    ? 'Read in the node: btime of /proc/stat.'
    : 'Read in the node: btime of /proc/stat. Other nodes run on the same kernel, so it is the start of their machine.';
}

/** Begin of the container that has run longest on each node: no container outlives its node. */
function oldestRunning(pods: Fact<readonly PodInventory[]>): ReadonlyMap<string, string> {
  const oldest = new Map<string, string>();
  if (pods.state === 'absent') return oldest;
  for (const { node, containers } of pods.value) {
    if (node === undefined) continue;
    for (const { state, startedAt } of containers) {
      if (state !== 'running' || startedAt === undefined) continue;
      const known = oldest.get(node);
      if (known === undefined || Date.parse(startedAt) < Date.parse(known)) {
        oldest.set(node, startedAt);
      }
    }
  }
  return oldest;
}

/** What the starts of all nodes say about the cluster as a whole. */
export function clusterRestart(boots: ReadonlyMap<string, DocumentBoot>): DocumentRestart {
  if (boots.size === 0) return { state: 'unknown', why: 'No node is known.' };
  const shared = [...boots].find(([, { sharedWith }]) => sharedWith.length > 0);
  if (shared !== undefined) {
    const [name, { sharedWith }] = shared;
    const names = [name, ...sharedWith].join(', ');
    return {
      state: 'unknown',
      why: `These nodes share one kernel, so its start is not theirs: ${names}.`,
    };
  }
  const starts = [...boots.values()].map(({ kernelAt }) => kernelAt);
  const unknown = [...boots].filter(([, { kernelAt }]) => kernelAt === undefined);
  if (unknown.length > 0) {
    const names = unknown.map(([name]) => name).join(', ');
    return { state: 'unknown', why: `The start of these nodes is not known: ${names}.` };
  }
  const sorted = starts.filter((start) => start !== undefined).sort();
  const [from, to] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
  const isTogether = Date.parse(to) - Date.parse(from) <= TOGETHER_MS;
  return { state: isTogether ? 'together' : 'apart', from, to };
}
