// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

import { groupBy } from './terminal/names.ts';

/** Subjects that could not be judged for the same reasons. */
export interface UnknownGroup {
  /** Names of nodes, or `the cluster`. */
  readonly subjects: readonly string[];
  readonly reasons: readonly string[];
  /** Ids of the checks that are unknown for any of the subjects. */
  readonly checks: readonly string[];
}

/** What could not be checked, by reason. A node's own reasons stand for those of its checks. */
export function unknownGroups({ nodes, verdicts }: Report): readonly UnknownGroup[] {
  const unread = new Map(nodes.map((node) => [`node/${node.name}`, node.unread]));
  const unknown = verdicts
    .filter(({ verdict }) => verdict === 'unknown')
    .map(({ check, subject, reason }) => {
      const own = unread.get(subject) ?? [];
      return { check, subject, reasons: own.length > 0 ? own : [reason ?? 'No reason was given.'] };
    });
  return [...groupBy(unknown, ({ reasons }) => JSON.stringify(reasons)).values()].map((group) => ({
    subjects: distinct(group.map(({ subject }) => subjectName(subject))),
    reasons: group[0].reasons,
    checks: distinct(group.map(({ check }) => check)),
  }));
}

function subjectName(subject: string): string {
  return subject === 'cluster' ? 'the cluster' : subject.replace(/^node\//u, '');
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
