// SPDX-License-Identifier: Apache-2.0

import { isLabelValue } from '#sources/prometheus/promql.ts';
import type { TrendReport } from '#trends/trend-report.ts';

import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { TrendFlags } from './trend-flags.ts';
import { NOTHING_MEASURED, trendsFrom } from './trends-from.ts';

/**
 * `selvage trend`: reads what was measured of containers' memory, judges it and tells it.
 *
 * @throws UsageError for names that can be none; SourceError when nothing can be read
 */
export async function runTrend(
  workload: string | undefined,
  flags: TrendFlags,
  io: Io,
): Promise<number> {
  const what = { scope: scopeOf(workload), flannel: flags.flannel ?? false };
  const report = await trendsFrom(flags, what, io);
  if (report === undefined) {
    io.stderr.write(`error: ${NOTHING_MEASURED.join('\n')}\n`);
    return EXIT.notEnough;
  }
  io.stdout.write(await textOf(report, flags, io));
  return exitCodeOf(report, flags);
}

function scopeOf(workload: string | undefined): { namespace?: string; workload?: string } {
  if (workload === undefined) return {};
  const [name = '', namespace, ...more] = workload.split('/').reverse();
  const isName = name !== '' && isLabelValue(name) && more.length === 0;
  if (isName && namespace !== '' && isLabelValue(namespace ?? '')) {
    return { workload: name, ...(namespace !== undefined && { namespace }) };
  }
  throw new UsageError(
    `'${workload}' cannot be the name of a workload.`,
    'Write name or namespace/name, as in kube-system/coredns.',
  );
}

async function textOf(report: TrendReport, flags: TrendFlags, io: Io): Promise<string> {
  switch (flags.output) {
    case 'json':
    case 'yaml': {
      const { trendJson } = await import('#render/trend/trend-json.ts');
      const { structuredText } = await import('#render/structured/structured-text.ts');
      return structuredText(flags.output, trendJson(report));
    }
    case 'svg':
      return (await import('#render/trend/trend-svg.ts')).renderTrendSvg(report);
    case 'html':
      return (await import('#render/trend/trend-html.ts')).renderTrendHtml(report);
    case 'table': {
      const { renderTrend } = await import('#render/trend/render-trend.ts');
      return renderTrend(report, { ...terminalTraits(io, !flags.color), narrowed: false });
    }
  }
}

/** What grows counts, whatever else is not known. */
function exitCodeOf({ containers }: TrendReport, { allowUnknown }: TrendFlags): number {
  const verdicts = containers.map(({ trend }) => trend.verdict);
  if (verdicts.some((verdict) => verdict === 'growing' || verdict === 'sawtooth')) {
    return EXIT.findings;
  }
  const known = verdicts.filter((verdict) => verdict !== 'not-enough-data').length;
  const isEnough = known === verdicts.length || allowUnknown === true;
  return known > 0 && isEnough ? EXIT.healthy : EXIT.notEnough;
}
