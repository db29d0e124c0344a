// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { weeklyNodes } from '#engine/health/weekly-nodes.ts';
import type { NodeMemory } from '#model/memory-series.ts';

const UNTIL = Date.parse('2026-11-24T12:00:00Z');
const DAY_MS = 86_400_000;
const MIB = 2 ** 20;

function nodeOf(
  node: string,
  allocatable: number | undefined,
  ...points: readonly (readonly [daysAgo: number, mebibytes: number])[]
): NodeMemory {
  return {
    node,
    points: points.map(([daysAgo, mebibytes]) => ({
      atMs: UNTIL - daysAgo * DAY_MS,
      workingSetBytes: mebibytes * MIB,
      ...(allocatable !== undefined && { limitBytes: allocatable * MIB }),
    })),
  };
}

describe('memory of nodes by week', () => {
  it('is a line for each node with its medians, the fullest first', () => {
    const roomy = nodeOf('roomy', 8000, [20, 1000], [8, 1500], [1, 2000]);
    const full = nodeOf('full', 1000, [8, 100], [2, 800], [1, 950]);
    const unlisted = nodeOf('unlisted', undefined, [1, 5]);

    expect(weeklyNodes([roomy, unlisted, full], UNTIL)).toEqual({
      lines: [
        'full: weekly medians 100Mi -> 875Mi of 1000Mi (88 %)',
        'roomy: weekly medians 1000Mi -> 1500Mi -> 2000Mi of 8000Mi (25 %)',
        'unlisted: weekly medians 5Mi',
      ],
    });
  });

  it('names the ten fullest, and how many more there are', () => {
    const nodes = Array.from({ length: 5000 }, (_, index) =>
      nodeOf(`node${String(index)}`, 5000, [8, index], [1, index]),
    );

    const trend = weeklyNodes(nodes, UNTIL);

    const lines = 'lines' in trend ? trend.lines : [];
    expect(lines).toHaveLength(11);
    expect(lines[0]).toMatch(/^node4999: /u);
    expect(lines[10]).toBe('and 4990 nodes with less');
  });

  it.each([
    ['nothing', [], 'no measurement is kept'],
    ['one week', [nodeOf('node1', 10, [1, 5])], 'one week is kept'],
  ])('says how much is missing with %s', (_what, nodes, why) => {
    expect(weeklyNodes(nodes, UNTIL)).toEqual({ why: expect.stringContaining(why) as string });
  });
});
