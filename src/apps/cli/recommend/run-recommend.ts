// SPDX-License-Identifier: Apache-2.0

import { structuredText } from '#render/structured/structured-text.ts';
import { renderRecommendation } from '#render/recommend/render-recommendation.ts';
import type { RecommendReport } from '#resources/recommend/recommend-report.ts';

import type { ConnectionFlags } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { PrometheusFlags } from '../prometheus-flags.ts';
import { terminalTraits } from '../terminal.ts';
import { readRecommendation } from './read-recommendation.ts';

/** What `selvage recommend` was asked for. */
export interface RecommendFlags extends ConnectionFlags, PrometheusFlags {
  readonly output: 'table' | 'json' | 'yaml';
  readonly color: boolean;
}

/** `selvage recommend`: what a workload should have. @throws UsageError; SourceError */
export async function runRecommend(
  workload: string,
  flags: RecommendFlags,
  io: Io,
): Promise<number> {
  const report = await readRecommendation(workload, flags, io);
  io.stdout.write(textOf(report, flags, io));
  const { recommendations } = report;
  const isComplete = recommendations.every(({ confidence }) => confidence !== 'none');
  return isComplete && recommendations.length > 0 ? EXIT.healthy : EXIT.notEnough;
}

function textOf(report: RecommendReport, { output, color }: RecommendFlags, io: Io): string {
  switch (output) {
    case 'json':
    case 'yaml':
      return structuredText(output, report);
    case 'table':
      return renderRecommendation(report, { ...terminalTraits(io, !color), narrowed: false });
  }
}
