// SPDX-License-Identifier: Apache-2.0

import { readResources } from '#engine/read-resources.ts';
import { structuredText } from '#render/structured/structured-text.ts';
import { renderLimits } from '#render/limits/render-limits.ts';
import { judgeLimits } from '#resources/limits/judge-limits.ts';
import type { LimitsReport } from '#resources/limits/limits-report.ts';

import { connectOptions } from '../check/live-services.ts';
import { rethrow } from '../check/run-check.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type PrometheusFlags, prometheusOf } from '../prometheus-flags.ts';
import { terminalTraits } from '../terminal.ts';

/** What `selvage limits` was asked for. */
export interface LimitsFlags extends ConnectionFlags, PrometheusFlags {
  readonly output: 'table' | 'json' | 'yaml';
  /** 0 to 1. */
  readonly threshold: number;
  readonly all?: true;
  readonly color: boolean;
}

/** `selvage limits`: reads what containers ask for and use, and judges it. @throws SourceError */
export async function runLimits(flags: LimitsFlags, io: Io): Promise<number> {
  const options = { ...connectOptions(flags), env: io.env };
  const wish = { namespace: flags.namespace, prometheus: prometheusOf(flags), signal: io.signal };
  const picture = await readResources(options, wish).catch(rethrow);
  const report = judgeLimits(picture, { thresholdRatio: flags.threshold });
  io.stdout.write(textOf(report, flags, io));
  if (report.findings.some(({ severity }) => severity !== 'info')) return EXIT.findings;
  return report.unknown.length > 0 ? EXIT.notEnough : EXIT.healthy;
}

function textOf(report: LimitsReport, flags: LimitsFlags, io: Io): string {
  switch (flags.output) {
    case 'json':
    case 'yaml':
      return structuredText(flags.output, report);
    case 'table': {
      const traits = { ...terminalTraits(io, !flags.color), narrowed: false };
      return renderLimits(report, traits, flags.all === true);
    }
  }
}
