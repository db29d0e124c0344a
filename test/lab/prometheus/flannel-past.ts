// SPDX-License-Identifier: Apache-2.0

import { z } from 'zod';

import { kubectlGet } from '../lab-command.ts';

const MIB = 1024 * 1024;
const HOUR_S = 3600;
const WEEK_S = 7 * 24 * HOUR_S;
/** Between two samples of the past. */
const EVERY_S = HOUR_S / 2;
/** How long the past is. */
export const WEEKS = 4;
/** The weeks end so long ago: what is younger is not in a block yet. */
const ENDS_S = 3 * HOUR_S;
/** What flannel's container on node2 gains in a week; the others gain nothing. */
export const LEAK_MIB = 20;

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ nodeName: z.string() }),
    }),
  ),
});

/** The flannel pod of each node, by the node. */
export async function flannelPods(): Promise<ReadonlyMap<string, string>> {
  const { items } = await kubectlGet(PODS, 'pods', '-n', 'kube-flannel');
  return new Map(items.map(({ metadata, spec }) => [spec.nodeName, metadata.name]));
}

/**
 * Four weeks of flannel's memory as cAdvisor would have told them, as OpenMetrics: a leak on node2, and noise of 1 MiB
 * everywhere.
 *
 * @param pods by their node
 */
export function leakingPast(pods: ReadonlyMap<string, string>): string {
  const nowS = Math.floor(Date.now() / 1000);
  const fromS = nowS - ENDS_S - WEEKS * WEEK_S;
  const lines = [...pods].flatMap(([node, pod], place) => {
    const labels = `{namespace="kube-flannel",pod="${pod}",container="kube-flannel",node="${node}"}`;
    return Array.from({ length: (WEEKS * WEEK_S) / EVERY_S }, (_, index) => {
      const atS = index * EVERY_S;
      const noise = Math.sin(index * 12.9898 + place * 78.233) * 0.5;
      const leaked = node === 'node2' ? (LEAK_MIB * atS) / WEEK_S : 0;
      const bytes = Math.round((40 + leaked + noise) * MIB);
      return `container_memory_working_set_bytes${labels} ${String(bytes)} ${String(fromS + atS)}`;
    });
  });
  return ['# TYPE container_memory_working_set_bytes gauge', ...lines, '# EOF', ''].join('\n');
}
