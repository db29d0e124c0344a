// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

/**
 * How much of what was asked could be judged.
 *
 * - `all`: every verdict is known.
 * - `some`: part is unknown; silence about that part is not health.
 * - `none`: nothing that was asked about could be judged, or nothing applied.
 */
export type Coverage = 'all' | 'some' | 'none';

/**
 * Says how much of what was asked a report could judge.
 *
 * @param narrowed the person asked for some checks or nodes only: then pairs that nobody judged are by choice
 */
export function coverageOf(report: Report, narrowed: boolean): Coverage {
  const { nodes, pairs, verdicts } = report;
  const isJudged = verdicts.some(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  // Without the nodes nobody knows which pairs there are; checks of the cluster as such may still have passed.
  if (!isJudged || nodes.length === 0 || (!narrowed && pairs.checked === 0 && pairs.unknown > 0))
    return 'none';
  const isUnknown = verdicts.some(({ verdict }) => verdict === 'unknown');
  return isUnknown || (!narrowed && pairs.unknown > 0) || hasSkippedNode(report) ? 'some' : 'all';
}

/** A Linux node to which no check applied at all: its backend or system is not one we can judge yet. */
function hasSkippedNode({ nodes, verdicts }: Report): boolean {
  const known = new Set(
    verdicts.filter(({ verdict }) => verdict !== 'skip').map(({ subject }) => subject),
  );
  const asked = new Set(verdicts.map(({ subject }) => subject));
  return nodes.some(
    ({ name, os }) => os === 'linux' && asked.has(`node/${name}`) && !known.has(`node/${name}`),
  );
}
