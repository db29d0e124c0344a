// SPDX-License-Identifier: Apache-2.0

import type { ContainerUsage, LimitRangeItem } from '#model/resources.ts';
import { AS_SHIPPED } from '../component-minimum.ts';
import type { ContainerGroup } from '../container-groups.ts';
import { limitOrigin } from './limit-origin.ts';
import type { LimitedContainer, PodAmount } from './limits-report.ts';

/** A group of containers as a row of the inventory. */
export function limitedContainer(
  group: ContainerGroup,
  limitRanges: readonly LimitRangeItem[],
): LimitedContainer {
  const { members, component, requests, limits } = group;
  const origin = limitOrigin(group, limitRanges);
  const mostMemory = most(group, ({ workingSetBytes }) => workingSetBytes);
  const mostCpu = most(group, ({ cpuCores }) => cpuCores);
  const memoryRatio = ratio(mostMemory?.value, limits.memoryBytes);
  const cpuRatio = ratio(mostCpu?.value, limits.cpuCores);
  const isBare = limits.memoryBytes === undefined;
  return {
    namespace: group.namespace,
    workload: group.workload,
    container: group.container,
    role: group.role,
    ...(component !== undefined && { component }),
    pods: members.length,
    qosClasses: group.qosClasses,
    requests,
    limits,
    defaulted: group.defaulted,
    ...(origin !== undefined && { limitOrigin: origin }),
    measured: members.filter(({ usage }) => usage !== undefined).length,
    ...(mostMemory !== undefined && { mostMemory }),
    ...(mostCpu !== undefined && { mostCpu }),
    ...(memoryRatio !== undefined && { memoryRatio }),
    ...(cpuRatio !== undefined && { cpuRatio }),
    ...(isBare && component !== undefined && { asShipped: AS_SHIPPED[component] }),
  };
}

function most(
  { members }: ContainerGroup,
  amountOf: (usage: ContainerUsage) => number | undefined,
): PodAmount | undefined {
  let best: PodAmount | undefined;
  for (const { pod, node, usage } of members) {
    const value = usage === undefined ? undefined : amountOf(usage);
    if (value === undefined || (best !== undefined && value <= best.value)) continue;
    best = { pod, ...(node !== undefined && { node }), value };
  }
  return best;
}

/** Undefined for a limit of zero too: nothing is near it. */
function ratio(value: number | undefined, limit: number | undefined): number | undefined {
  return value === undefined || limit === undefined || limit <= 0 ? undefined : value / limit;
}
