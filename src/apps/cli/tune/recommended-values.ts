// SPDX-License-Identifier: Apache-2.0

import type { FlannelDaemonSet } from '#model/cluster.ts';
import { cpuQuantity, memoryQuantity } from '#resources/amount-text.ts';
import type { Recommendation, RecommendReport } from '#resources/recommend/recommend-report.ts';

import { UsageError } from '../usage-error.ts';

/** What is recommended for the flannel container, as quantities, and what it rests on. */
export interface RecommendedValues {
  /** Absent ones stay as they are, if requests, and go, if limits. */
  readonly values: {
    readonly memoryRequest?: string;
    readonly memoryLimit?: string;
    readonly cpuRequest?: string;
    readonly cpuLimit?: string;
  };
  /** Line by line. */
  readonly evidence: readonly string[];
}

/**
 * The recommendation for one DaemonSet in the words of `tune`.
 *
 * @throws UsageError when too little is known to recommend anything, with what is missing
 */
export function recommendedValues(
  { recommendations }: RecommendReport,
  { namespace, name, container }: FlannelDaemonSet,
): RecommendedValues {
  const found = recommendations.find(
    (each) =>
      each.namespace === namespace && each.workload.name === name && each.container === container,
  );
  if (found?.memory === undefined) {
    throw new UsageError(
      `Too little is known to recommend anything for the DaemonSet ${namespace}/${name}: ${lacking(found)}`,
      'See what there is with: recommend flannel. Or take the profile runbook or upstream, or name values.',
    );
  }
  const { memory, cpu } = found;
  return {
    values: {
      memoryRequest: memoryQuantity(memory.requestBytes),
      ...(memory.limitBytes !== undefined && { memoryLimit: memoryQuantity(memory.limitBytes) }),
      ...(cpu !== undefined && { cpuRequest: cpuQuantity(cpu.requestCores) }),
      ...(cpu?.limitCores !== undefined && { cpuLimit: cpuQuantity(cpu.limitCores) }),
    },
    evidence: [
      `Recommended with ${found.confidence} confidence. ${memory.limitReason}`,
      ...found.evidence.map((line) => `Evidence: ${line}`),
      ...found.missing.map((line) => `Missing: ${line}`),
      ...found.cautions.map((line) => `Against it: ${line}`),
    ],
  };
}

function lacking(found: Recommendation | undefined): string {
  return found === undefined
    ? 'no pod of it could be read.'
    : found.missing.join(' ') || 'nothing was measured.';
}
