// SPDX-License-Identifier: Apache-2.0

import type { HealthTrend } from '#engine/health/health-facts.ts';
import { LEAST_WEEKS, tooFewWeeks } from '#engine/health/weekly-memory.ts';
import { countText } from '#expected/short-text.ts';
import type { NodeMemory } from '#model/memory-series.ts';
import { weeklyTable } from '#trends/weekly-table.ts';

const MIB = 2 ** 20;
/** Nodes that are told by name. */
const FULLEST = 10;

interface NodeWeeks {
  /** Use of what pods may have of the node in the last week that was measured; -1: not known. */
  readonly use: number;
  readonly text: string;
}

/** Memory of each node by week, the fullest node first; or how much is missing to tell. Pure. */
export function weeklyNodes(nodes: readonly NodeMemory[], untilMs: number): HealthTrend {
  const weeks = nodes.map((node) => measuredWeeks(node, untilMs));
  const most = Math.max(0, ...weeks.map(({ length }) => length));
  if (most < LEAST_WEEKS) return { why: tooFewWeeks(most) };
  const rows = nodes
    .map((node, index) => rowOf(node, weeks[index] ?? []))
    .sort((a, b) => b.use - a.use);
  const rest = rows.length - FULLEST;
  return {
    lines: [
      ...rows.slice(0, FULLEST).map(({ text }) => text),
      ...(rest > 0 ? [`and ${countText(rest, 'node')} with less`] : []),
    ],
  };
}

/** Medians in bytes, the oldest first. */
function measuredWeeks(node: NodeMemory, untilMs: number): readonly number[] {
  return weeklyTable([node], [], untilMs).flatMap(({ medianBytes }) => medianBytes ?? []);
}

function rowOf({ node, points }: NodeMemory, weeks: readonly number[]): NodeWeeks {
  const allocatable = points.at(-1)?.limitBytes;
  const medians = weeks.map(mebibytes).join(' -> ');
  const use = allocatable === undefined ? -1 : (weeks.at(-1) ?? 0) / allocatable;
  const share =
    allocatable === undefined
      ? ''
      : ` of ${mebibytes(allocatable)} (${String(Math.round(use * 100))} %)`;
  return { use, text: `${node}: weekly medians ${medians}${share}` };
}

function mebibytes(bytes: number): string {
  return `${String(Math.round(bytes / MIB))}Mi`;
}
