// SPDX-License-Identifier: Apache-2.0

import { refusedPlan } from '#engine/mend/given-plan.ts';
import {
  INSTALL_COMMANDS,
  restartObstacle,
  scheduledRestartPlan,
} from '#engine/mend/install-plans.ts';
import type { FlannelDaemonSet } from '#model/cluster.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { containerText, verdictSentence } from '#render/trend/trend-words.ts';
import type { ContainerTrend, TrendReport } from '#trends/trend-report.ts';

import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import { flagWords } from '../flag-words.ts';
import type { Io } from '../io.ts';
import { type TrendSource, trendSourceWords } from '../trend/trend-source.ts';
import { NOTHING_MEASURED, trendsFrom } from '../trend/trends-from.ts';
import { UsageError } from '../usage-error.ts';

/** What `selvage install scheduled-restart` was asked for. */
export interface ScheduledRestartFlags extends MendFlags, TrendSource {
  readonly schedule: string;
  readonly timeZone: string;
  readonly image: string;
}

/** Leaks that are told one by one; the others are counted. */
const MOST_TOLD = 5;

/**
 * `selvage install scheduled-restart`: where Flannel's memory is proven to grow, creates a CronJob that restarts its
 * pods.
 *
 * @throws UsageError when no leak is proven, or Flannel cannot be restarted so; SourceError when nothing can be read
 */
export async function runScheduledRestart(flags: ScheduledRestartFlags, io: Io): Promise<number> {
  const report = await trendsFrom(flags, { scope: {}, flannel: true }, io);
  const { schedule, timeZone, image } = flags;
  const given = flagWords({ schedule, timeZone, image, ...trendSourceWords(flags) });
  return runMending(flags, io, {
    command: [...INSTALL_COMMANDS.scheduledRestart, ...given],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => {
      const flannel = restartable(snapshot);
      if (report === undefined) return refusedPlan(snapshot, NOTHING_MEASURED);
      const options = { schedule, timeZone, image, evidence: proofOf(report, flannel) };
      return scheduledRestartPlan(snapshot, flannel, options);
    },
    isAskedFor: true,
  });
}

/** What proves a leak of a DaemonSet, line by line; a leak of another one, or of another cluster, is none of it. */
function proofOf(
  { containers, through }: TrendReport,
  { namespace, name }: FlannelDaemonSet,
): readonly string[] {
  const own = containers.filter(
    (each) => each.namespace === namespace && each.workload.name === name,
  );
  const leaks = own.filter(
    ({ trend: { verdict } }) => verdict === 'growing' || verdict === 'sawtooth',
  );
  if (leaks.length === 0) {
    const [first] = own;
    const found =
      first === undefined
        ? `No container of the DaemonSet ${namespace}/${name} is among them.`
        : `${containerText(first)}: ${verdictSentence(first.trend)}`;
    throw new UsageError(
      `No leak of Flannel is proven by what ${through} measured. ${found}`,
      "Look at it with 'selvage trend --flannel', and for longer with --since. Without a leak a restart mends nothing.",
    );
  }
  const more = leaks.length - MOST_TOLD;
  return [
    ...leaks.slice(0, MOST_TOLD).map(leakText),
    ...(more > 0 ? [`And ${String(more)} more of Flannel's containers grow.`] : []),
  ];
}

function leakText(container: ContainerTrend): string {
  const place = container.node ?? container.pod;
  return `${containerText(container)} on ${place}: ${verdictSentence(container.trend)}`;
}

function restartable({ cluster: { flannel } }: Snapshot): FlannelDaemonSet {
  if (flannel.state === 'absent') {
    throw new UsageError(
      `Where Flannel runs is not known. ${flannel.detail}`,
      'Look with: selvage access',
    );
  }
  if (flannel.value.kind === 'embedded') {
    throw new UsageError(
      'Flannel runs inside another program here, not in pods: none can be restarted.',
      'Restart that program by its own means, for k3s by its service.',
    );
  }
  const obstacle = restartObstacle(flannel.value);
  if (obstacle === undefined) return flannel.value;
  throw new UsageError(
    obstacle,
    'Set it to RollingUpdate with maxUnavailable 1, in the language of its owner.',
  );
}
