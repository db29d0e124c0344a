// SPDX-License-Identifier: Apache-2.0

import { assessHealth } from '#engine/health/assess-health.ts';
import { judge } from '#engine/judge.ts';
import { readUse } from '#engine/read-resources.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Suppression } from '#model/suppression.ts';
import type { HealthReport } from '#report/health-report.ts';

import { connectOptions } from '../check/live-services.ts';
import { loadSuppressions } from '../check/load-suppressions.ts';
import { type Pace, REAL_PACE } from '../check/pace.ts';
import { type CheckServices, collectSnapshot } from '../check/run-check.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';
import type { HealthFlags } from './health-flags.ts';
import { lastTime, rememberTime } from './last-time.ts';
import { waitForHealth } from './wait-for-health.ts';
import { keepLook, weeklyNodeTrend, weeklyTrend } from './health-history.ts';

/**
 * `selvage health`: goes through one routine and writes what it came to.
 *
 * @throws UsageError when no routine is named, or for a file of suppressions that cannot be used; what the services
 *   throw
 */
export async function runHealth(
  flags: HealthFlags,
  io: Io,
  services: CheckServices,
  pace: Pace = REAL_PACE,
): Promise<number> {
  const routine = routineOf(flags);
  const suppressions = await loadSuppressions(flags, io);
  const look = (): Promise<HealthReport> =>
    lookOnce(flags, routine, { io, services, suppressions });
  const codeOf = (report: HealthReport): number => healthCode(report, flags);
  const { timeout } = flags;
  const report =
    timeout === undefined
      ? await look()
      : await waitForHealth({ look, isWell: (each) => codeOf(each) === EXIT.healthy }, timeout, {
          io,
          pace,
        });
  if (isHistoryKept(flags, io)) rememberTime(report, io);
  io.stdout.write(await healthText(report, flags, io));
  return codeOf(report);
}

/** Whether the person, or the environment, lets anything be kept. */
function isHistoryKept({ history }: HealthFlags, { env }: Io): boolean {
  return history && (env['SELVAGE_NO_HISTORY'] ?? '') === '';
}

function routineOf({ daily, weekly, afterRestart }: HealthFlags): HealthReport['routine'] {
  if (daily === true) return 'daily';
  if (weekly === true) return 'weekly';
  if (afterRestart === true) return 'after-restart';
  throw new UsageError(
    'It has to be said which look it is to be.',
    'Add --daily, --weekly or --after-restart.',
  );
}

/** Other routines tell of no weeks. */
const NOT_ASKED = { why: '' };

interface Look {
  readonly io: Io;
  readonly services: CheckServices;
  readonly suppressions: readonly Suppression[] | undefined;
}

async function lookOnce(
  flags: HealthFlags,
  routine: HealthReport['routine'],
  { io, services, suppressions }: Look,
): Promise<HealthReport> {
  const probe = routine === 'after-restart' ? 'all' : 'light';
  const snapshot = await collectSnapshot({ ...flags, probe }, io, services);
  const picture = await readUse(
    { ...connectOptions(flags), env: io.env },
    { signal: io.signal, ...(routine === 'after-restart' && { usage: [] }) },
  );
  const report = judge(snapshot, {
    checks: CHECKS,
    toolVersion: TOOL_VERSION,
    ...(suppressions && { suppressions }),
  });

  if (isHistoryKept(flags, io)) await keepLook(report, picture, io);
  return assessHealth({
    routine,
    snapshot,
    report,
    picture,
    since: lastTime(routine, { snapshot, cluster: report.cluster, sinceMs: flags.since, io }),
    thresholdRatio: flags.threshold / 100,
    trend: routine === 'weekly' ? await weeklyTrend(snapshot, report.cluster, io) : NOT_ASKED,
    nodeTrend:
      routine === 'weekly' ? await weeklyNodeTrend(snapshot, report.cluster, io) : NOT_ASKED,
  });
}

/** What counts is what counts for a check: warnings by `--fail-on`, and what is unknown unless that is allowed. */
function healthCode(report: HealthReport, flags: HealthFlags): number {
  const { failOn, allowUnknown = false } = flags;
  const states = report.items.map(({ state }) => state);
  const isGrave = (state: string): boolean =>
    state === 'critical' || (state === 'warning' && failOn === 'warning');
  if (states.some(isGrave)) return EXIT.findings;
  if (states.includes('unknown') && !allowUnknown) return EXIT.notEnough;
  return exitCodeOf(report.check, { failOn, allowUnknown, narrowed: false });
}

async function healthText(
  report: HealthReport,
  { output }: HealthFlags,
  { program }: Io,
): Promise<string> {
  switch (output) {
    case 'json':
      return (await import('#render/structured/structured-text.ts')).structuredText(output, report);
    case 'text':
      return (await import('#render/health/health-text.ts')).renderHealthText(report, program);
    case 'markdown': {
      const { healthPage } = await import('#render/health/health-page.ts');
      return (await import('#render/document/markdown-page.ts')).markdownPage(healthPage(report));
    }
  }
}
