// SPDX-License-Identifier: Apache-2.0

import type { ReportFinding } from '#report/report.ts';

import { groupBy } from './names.ts';

/** As many nodes with the same fault towards the same peer are told as one paragraph, not node by node. */
export const SHARED_FROM = 4;

/** More findings of one check without a peer than this are told by one example, though each says something else. */
const ALIKE_FROM = 12;

/** Findings of one check that read as one: one paragraph. */
export interface FindingGroup {
  /** The example shown in full. */
  readonly first: ReportFinding;
  readonly findings: readonly [ReportFinding, ...ReportFinding[]];
}

/** What stands under one heading: the cluster, one node, or many nodes that share a fault. */
export interface Section {
  readonly kind: 'cluster' | 'node' | 'shared';
  /** Names of the nodes; empty for the cluster. */
  readonly nodes: readonly string[];
  readonly groups: readonly FindingGroup[];
}

/**
 * Arranges findings for reading: the cluster first, then faults that many nodes share, then node by node, the
 * node with the most findings first. Keeps the report's order, gravest first, within each.
 */
export function sectionsOf(findings: readonly ReportFinding[]): readonly Section[] {
  const cluster = findings.filter(({ node }) => node === undefined);
  const ofNodes = findings.filter(({ node }) => node !== undefined);
  const { shared, others } = splitShared(ofNodes);
  const nodes = [...groupBy(others, ({ node }) => node ?? '')]
    .map(([node, found]) => ({ node, found }))
    .sort((a, b) => gravity(b.found) - gravity(a.found) || b.found.length - a.found.length)
    .map(({ node, found }): Section => ({ kind: 'node', nodes: [node], groups: byCheck(found) }));
  return [
    ...(cluster.length > 0
      ? [{ kind: 'cluster', nodes: [], groups: byCheck(cluster) } satisfies Section]
      : []),
    ...shared,
    ...nodes,
  ];
}

function byCheck(findings: readonly ReportFinding[]): readonly FindingGroup[] {
  return [...groupBy(findings, ({ check, severity }) => `${check} ${severity}`).values()].map(
    (group) => ({ first: group[0], findings: group }),
  );
}

/**
 * Takes out what many nodes have in common: a fault towards one peer that more nodes have than any of these nodes
 * has peers, or the same fault of the nodes themselves.
 */
function splitShared(findings: readonly ReportFinding[]): {
  readonly shared: readonly Section[];
  readonly others: readonly ReportFinding[];
} {
  const perNode = groupBy(findings, ({ check, node }) => JSON.stringify([check, node]));
  const perCheck = groupBy(findings, ({ check }) => check);
  const alike = groupBy(findings, (finding) =>
    likeness(finding, (perCheck.get(finding.check)?.length ?? 0) > ALIKE_FROM),
  );
  const taken = new Set<ReportFinding>();
  const shared: Section[] = [];
  for (const group of alike.values()) {
    const members = group.filter(({ check, node }) => {
      const own = perNode.get(JSON.stringify([check, node]))?.length ?? 0;
      return own < group.length;
    });
    const [first, ...rest] = members;
    const nodes = [...new Set(members.flatMap(({ node }) => node ?? []))];
    if (first === undefined || nodes.length < SHARED_FROM) continue;
    for (const member of members) taken.add(member);
    shared.push({ kind: 'shared', nodes, groups: [{ first, findings: [first, ...rest] }] });
  }
  return { shared, others: findings.filter((finding) => !taken.has(finding)) };
}

/** Findings with equal likeness read as one. Without a peer they have to say the same, unless they are too many. */
function likeness(finding: ReportFinding, areMany: boolean): string {
  const { check, severity, peer, expected, observed } = finding;
  const same = peer !== undefined || areMany ? [] : [expected, observed];
  return JSON.stringify([check, severity, peer ?? null, ...same]);
}

function gravity(findings: readonly ReportFinding[]): number {
  return Math.max(...findings.map(({ severity }) => (severity === 'critical' ? 2 : 1)));
}
