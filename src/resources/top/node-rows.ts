// SPDX-License-Identifier: Apache-2.0

import type {
  NodeInventory,
  NodeUsage,
  PodInventory,
  ResourceAmounts,
  UsePicture,
} from '#model/resources.ts';
import { given, isDone, podTotal, ratioOf } from './amounts.ts';
import type { PlainRow } from './container-rows.ts';
import type { TopAmount } from './top-report.ts';

/** One row for each node. Without the right to list pods, their number and what they ask for is not told. */
export function nodeRows(picture: UsePicture): readonly PlainRow[] {
  const { nodes, pods, usage } = picture;
  const reading = usage.state === 'observed' ? usage.value : undefined;
  const measured = new Map(reading?.nodes.map((each) => [each.node, each]));
  const missing = new Map(reading?.missing.map(({ node, why }) => [node, why]));
  const known = pods.state === 'observed' ? podsByNode(pods.value) : undefined;
  const inventory = nodes.state === 'observed' ? nodes.value : namedOnly([...measured.keys()]);
  return inventory.map((node) => {
    const used = measured.get(node.name);
    const on = known && (known.get(node.name) ?? []);
    const why = missing.get(node.name) ?? 'Nothing was told of it.';
    return given({
      name: node.name,
      memory: given({
        ...amountOf(node, 'memoryBytes', used?.workingSetBytes, on),
        rssBytes: used?.rssBytes,
      }),
      cpu: amountOf(node, 'cpuCores', used?.cpuCores, on),
      pods: on?.length,
      maxPods: node.maxPods,
      measuredAt: used?.at,
      unmeasured:
        used !== undefined ? undefined : reading === undefined ? 'Usage is not known.' : why,
    });
  });
}

function amountOf(
  { allocatable }: NodeInventory,
  key: keyof ResourceAmounts,
  used: number | undefined,
  pods: readonly PodInventory[] | undefined,
): TopAmount {
  const total = (of: 'requests' | 'limits'): number | undefined =>
    pods?.reduce((sum, { containers }) => sum + podTotal(containers, of, key), 0);
  return given({
    used,
    requested: total('requests'),
    limit: total('limits'),
    allocatable: allocatable[key],
    ratio: ratioOf(used, allocatable[key]),
  });
}

function podsByNode(pods: readonly PodInventory[]): ReadonlyMap<string, readonly PodInventory[]> {
  const byNode = new Map<string, PodInventory[]>();
  for (const pod of pods) {
    if (pod.node === undefined || isDone(pod)) continue;
    const on = byNode.get(pod.node);
    if (on === undefined) byNode.set(pod.node, [pod]);
    else on.push(pod);
  }
  return byNode;
}

/** Nodes of which nothing but the name is known, for they may not be listed. */
function namedOnly(names: readonly NodeUsage['node'][]): readonly NodeInventory[] {
  return names.map((name) => ({ name, allocatable: {}, capacity: {}, ready: true }));
}
