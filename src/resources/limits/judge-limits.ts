// SPDX-License-Identifier: Apache-2.0

import type { Fact } from '#model/fact.ts';
import type { ResourcePicture } from '#model/resources.ts';
import { type ClusterSize, componentMinimum } from '../component-minimum.ts';
import { type ContainerGroup, containerGroups } from '../container-groups.ts';
import { containerFindings } from './container-findings.ts';
import { limitedContainer } from './limited-container.ts';
import {
  type ComponentJudgement,
  LIMITS_SCHEMA_VERSION,
  type LimitedContainer,
  type LimitsFinding,
  type LimitsReport,
  type UsageSummary,
} from './limits-report.ts';
import { quotaFinding, quotaUses } from './quota-use.ts';

/** What may be chosen. */
export interface LimitsOptions {
  /** Share of a limit from which a container counts as near it, 0 to 1. */
  readonly thresholdRatio: number;
}

/** A container that started so recently need not have been measured, milliseconds: metrics-server takes a minute. */
const FRESH_MS = 3 * 60_000;

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Who is near a limit, who has none, and what of that is a fault. Pure. */
export function judgeLimits(picture: ResourcePicture, options: LimitsOptions): LimitsReport {
  const { thresholdRatio } = options;
  const pods = valueOr(picture.pods, []);
  const limitRanges = valueOr(picture.limitRanges, []);
  const groups = containerGroups(pods, valueOr(picture.usage, undefined)?.containers ?? []);
  const size: ClusterSize = { nodes: valueOr(picture.nodes, []).length, pods: pods.length };
  const rows = groups.map((group) => limitedContainer(group, limitRanges));
  const quotas = quotaUses(valueOr(picture.quotas, []));
  const findings = [
    ...groups.flatMap((group, index) => {
      const row = rows[index];
      return row === undefined ? [] : containerFindings({ group, row, size, thresholdRatio });
    }),
    ...quotas.flatMap((quota) => quotaFinding(quota, thresholdRatio) ?? []),
  ];
  const usage = usageSummary(picture, groups);
  return {
    schemaVersion: LIMITS_SCHEMA_VERSION,
    kind: 'LimitsReport',
    readAt: picture.readAt,
    thresholdRatio,
    usage,
    findings: byGravity(findings),
    containers: rows,
    components: rows.flatMap((row) => componentJudgement(row, size) ?? []),
    quotas,
    unknown: unknownParts(picture, groups),
    notes: notesOf(picture),
  };
}

function valueOr<T, E>(fact: Fact<T>, other: E): T | E {
  return fact.state === 'observed' ? fact.value : other;
}

function byGravity(findings: readonly LimitsFinding[]): readonly LimitsFinding[] {
  return findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

function usageSummary({ usage }: ResourcePicture, groups: readonly ContainerGroup[]): UsageSummary {
  const running = groups
    .flatMap(({ members }) => members)
    .filter(({ container }) => container.state === 'running');
  const measured = running.filter((member) => member.usage !== undefined).length;
  const counts = { measured, unmeasured: running.length - measured };
  if (usage.state === 'absent') return counts;
  return { origin: usage.value.origin, through: usage.value.through, ...counts };
}

function componentJudgement(
  row: LimitedContainer,
  size: ClusterSize,
): ComponentJudgement | undefined {
  const { component, namespace, workload, container, role, pods, limits, requests } = row;
  if (component === undefined) return undefined;
  const { bytes, reason, runbookBytes, disagreement } = componentMinimum(component, size);
  const limit = limits.memoryBytes;
  const limited = limit !== undefined && limit < bytes ? 'below-minimum' : 'enough';
  return {
    component,
    namespace,
    workload,
    container,
    role,
    pods,
    ...(limit !== undefined && { limitBytes: limit }),
    ...(requests.memoryBytes !== undefined && { requestBytes: requests.memoryBytes }),
    minimumBytes: bytes,
    runbookBytes,
    verdict: limit === undefined ? 'no-limit' : limited,
    reason,
    ...(disagreement !== undefined && { disagreement }),
  };
}

function unknownParts(
  { pods, usage, readAt }: ResourcePicture,
  groups: readonly ContainerGroup[],
): readonly string[] {
  if (pods.state === 'absent') {
    return [`The pods could not be listed, so nothing is known of their limits. ${pods.detail}`];
  }
  if (usage.state === 'absent') {
    return [`Which containers are near their limits is not known. ${usage.detail}`];
  }
  const unmeasured = groups
    .filter(({ limits }) => limits.memoryBytes !== undefined)
    .flatMap(({ members }) => members)
    .filter(({ container, usage: measured }) => {
      const { state, startedAt } = container;
      const ageMs = startedAt === undefined ? 0 : Date.parse(readAt) - Date.parse(startedAt);
      return measured === undefined && state === 'running' && ageMs > FRESH_MS;
    }).length;
  return [
    ...usage.value.missing.map(({ node, why }) => `Use on ${node} is not known. ${why}`),
    ...(unmeasured === 0
      ? []
      : [`${String(unmeasured)} running containers with a memory limit were not measured.`]),
  ];
}

function notesOf({ nodes, limitRanges, quotas, usage }: ResourcePicture): readonly string[] {
  const absent = (what: string, fact: Fact<unknown>): readonly string[] =>
    fact.state === 'observed' ? [] : [`${what} ${fact.detail}`];
  const passedOver = usage.state === 'observed' ? usage.value.passedOver : [];
  return [
    ...absent('How many nodes there are is not known, so minimums are those of one.', nodes),
    ...absent('Whether limits come from a LimitRange is not known.', limitRanges),
    ...absent('Quotas are not known.', quotas),
    ...passedOver.map(({ origin, why }) => `Use was not taken from ${origin}. ${why}`),
  ];
}
