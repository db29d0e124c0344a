// SPDX-License-Identifier: Apache-2.0

import type { ResourceAmounts, ResourcePicture } from '#model/resources.ts';

/**
 * Why a container of a namespace cannot be without a limit, one sentence; undefined where it can: a quota refuses
 * pods without one, and a LimitRange fills its own in.
 */
export function limitDemand(
  { limitRanges, quotas }: Pick<ResourcePicture, 'limitRanges' | 'quotas'>,
  namespace: string,
  amount: keyof ResourceAmounts,
): string | undefined {
  const quota = (quotas.state === 'observed' ? quotas.value : []).find(
    (each) => each.namespace === namespace && each.hardLimits[amount] !== undefined,
  );
  if (quota !== undefined) {
    return `The ResourceQuota ${quota.name} refuses pods without a limit in ${namespace}.`;
  }
  const range = (limitRanges.state === 'observed' ? limitRanges.value : []).find(
    (each) => each.namespace === namespace && each.defaultLimits[amount] !== undefined,
  );
  if (range === undefined) return undefined;
  return `The LimitRange ${range.name} gives every container in ${namespace} a limit that sets none itself, so one of its own is better.`;
}

/** What LimitRanges of a namespace and the size of its nodes have against some amounts, whole sentences. */
export function amountCautions(
  { limitRanges, nodes }: Pick<ResourcePicture, 'limitRanges' | 'nodes'>,
  namespace: string,
  memory: { readonly requestBytes: number; readonly limitBytes?: number },
): readonly string[] {
  const { requestBytes, limitBytes } = memory;
  const ranges = (limitRanges.state === 'observed' ? limitRanges.value : []).filter(
    (each) => each.namespace === namespace,
  );
  const largest = Math.max(
    ...(nodes.state === 'observed' ? nodes.value : []).map(
      ({ allocatable }) => allocatable.memoryBytes ?? Infinity,
    ),
  );
  return [
    ...ranges.flatMap(({ name, max, min }) => [
      ...(max.memoryBytes !== undefined && Math.max(limitBytes ?? 0, requestBytes) > max.memoryBytes
        ? [`The LimitRange ${name} refuses it: its maximum is lower. Raise it first.`]
        : []),
      ...(min.memoryBytes !== undefined && requestBytes < min.memoryBytes
        ? [`The LimitRange ${name} refuses it: its minimum is higher. Lower it first.`]
        : []),
    ]),
    ...(Number.isFinite(largest) && requestBytes > largest
      ? ['No node has as much memory to give as that request.']
      : []),
  ];
}
