// SPDX-License-Identifier: Apache-2.0

import type {
  CgroupUsage,
  ContainerInventory,
  ContainerUsage,
  PodInventory,
  ResourceAmounts,
  UsePicture,
} from '#model/resources.ts';
import { given, isDone, isLasting, ratioOf } from './amounts.ts';
import type { TopAmount, TopMemory, TopRow } from './top-report.ts';
import { usageByContainer, type UsageIndex, whyUnmeasured } from './usage-index.ts';

/** A row before it is held against the threshold. */
export type PlainRow = Omit<TopRow, 'above'>;

/** One row for each container that is there for as long as its pod, and for each other one that runs now. */
export function containerRows(
  picture: UsePicture,
  pods: readonly PodInventory[],
  cgroups: readonly CgroupUsage[],
): readonly PlainRow[] {
  const usage = usageByContainer(picture);
  const own = new Map(cgroups.map((each) => [keyOf(each), each]));
  return pods
    .filter((pod) => !isDone(pod))
    .flatMap((pod) =>
      pod.containers
        .filter((container) => isLasting(container) || container.state === 'running')
        .map((container) => {
          const key = keyOf({ namespace: pod.namespace, pod: pod.name, container: container.name });
          return rowOf(pod, container, { usage, measured: usage.of.get(key), own: own.get(key) });
        }),
    );
}

function keyOf({
  namespace,
  pod,
  container,
}: Pick<ContainerUsage, 'namespace' | 'pod' | 'container'>): string {
  return `${namespace}/${pod}/${container}`;
}

interface Known {
  readonly usage: UsageIndex;
  readonly measured: ContainerUsage | undefined;
  readonly own: CgroupUsage | undefined;
}

function rowOf(pod: PodInventory, container: ContainerInventory, known: Known): PlainRow {
  const { measured, own } = known;
  return given({
    namespace: pod.namespace,
    name: pod.name,
    container: container.name,
    node: pod.node,
    memory: given({
      ...amountOf(container, 'memoryBytes', measured?.workingSetBytes),
      ...otherMemory(measured, own),
    }),
    cpu: amountOf(container, 'cpuCores', measured?.cpuCores),
    restarts: container.restartCount,
    lastOomAt: lastOomOf(container),
    oomKills: own?.oomKills,
    throttledRatio: ratioOf(own?.throttledPeriods, own?.periods),
    measuredAt: measured?.at,
    unmeasured: measured === undefined ? whyUnmeasured(known.usage, pod, container) : undefined,
  });
}

function amountOf(
  { requests, limits }: ContainerInventory,
  key: keyof ResourceAmounts,
  used: number | undefined,
): TopAmount {
  const limit = limits[key];
  return given({ used, requested: requests[key], limit, ratio: ratioOf(used, limit) });
}

function otherMemory(
  measured: ContainerUsage | undefined,
  own: CgroupUsage | undefined,
): Pick<TopMemory, 'rssBytes' | 'peakBytes'> {
  return given({
    rssBytes: measured?.rssBytes ?? own?.rssBytes,
    peakBytes: measured?.peakBytes ?? own?.peakBytes,
  });
}

/** When a container last ran out of memory, as far as its status tells. */
export function lastOomOf({ lastTerminated }: ContainerInventory): string | undefined {
  return lastTerminated?.reason === 'OOMKilled' ? lastTerminated.finishedAt : undefined;
}
