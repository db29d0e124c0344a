// SPDX-License-Identifier: Apache-2.0

import type { LimitRangeItem } from '#model/resources.ts';
import type { ContainerGroup } from '../container-groups.ts';
import type { LimitOrigin } from './limits-report.ts';

/**
 * Where the memory limit of a container comes from; undefined when it has none. A default of a LimitRange is told
 * for certain only by the annotation that the LimitRanger leaves on the pod: somebody may have written the same
 * number.
 */
export function limitOrigin(
  { namespace, limits, defaulted }: ContainerGroup,
  limitRanges: readonly LimitRangeItem[],
): LimitOrigin | undefined {
  const { memoryBytes } = limits;
  if (memoryBytes === undefined) return undefined;
  const range = limitRanges.find(
    (each) => each.namespace === namespace && each.defaultLimits.memoryBytes === memoryBytes,
  );
  const named = range === undefined ? {} : { limitRange: range.name };
  if (defaulted.includes('limits.memory')) return { from: 'limit-range', certain: true, ...named };
  if (range !== undefined) return { from: 'limit-range', certain: false, ...named };
  return { from: 'workload', certain: true };
}
