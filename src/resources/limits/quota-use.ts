// SPDX-License-Identifier: Apache-2.0

import type { AmountName, QuotaItem } from '#model/resources.ts';
import { cpuAmount, memoryAmount, percent } from '../amount-text.ts';
import type { LimitsFinding, QuotaUse } from './limits-report.ts';

/** Each amount that a quota bounds, with what is given out of it. */
export function quotaUses(quotas: readonly QuotaItem[]): readonly QuotaUse[] {
  return quotas.flatMap((quota) => {
    const { namespace, name } = quota;
    const amounts: readonly (readonly [AmountName, number | undefined, number | undefined])[] = [
      ['requests.cpu', quota.usedRequests.cpuCores, quota.hardRequests.cpuCores],
      ['requests.memory', quota.usedRequests.memoryBytes, quota.hardRequests.memoryBytes],
      ['limits.cpu', quota.usedLimits.cpuCores, quota.hardLimits.cpuCores],
      ['limits.memory', quota.usedLimits.memoryBytes, quota.hardLimits.memoryBytes],
    ];
    return amounts.flatMap(([amount, used, hard]): readonly QuotaUse[] =>
      used === undefined || hard === undefined ? [] : [{ namespace, name, amount, used, hard }],
    );
  });
}

/** A quota that leaves little: no fault, for that is what it is for, and told because the next pod may not start. */
export function quotaFinding(
  { namespace, name, amount, used, hard }: QuotaUse,
  thresholdRatio: number,
): LimitsFinding | undefined {
  if (hard <= 0 || used / hard < thresholdRatio) return undefined;
  const text = amount.endsWith('.cpu') ? cpuAmount : memoryAmount;
  return {
    kind: 'quota-nearly-full',
    severity: 'info',
    message: `The ResourceQuota ${namespace}/${name} is used to ${percent(used / hard)} for ${amount}.`,
    why: 'A pod that would go beyond it is refused, also the one that a rollout starts beside the old ones.',
    evidence: [`${text(used)} of ${text(hard)}`],
    next: `raise the quota, or lower ${amount} of what runs in ${namespace}`,
  };
}
