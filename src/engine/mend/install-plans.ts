// SPDX-License-Identifier: Apache-2.0

import { askedPlan } from '#engine/mend/given-plan.ts';
import { rolloutObstacle } from '#expected/one-after-another.ts';
import type { FlannelDaemonSet } from '#model/cluster.ts';
import type { Plan } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import {
  type MetricsServerOptions,
  remedy as installMetricsServer,
} from '#remedies/install-metrics-server/remedy.ts';
import {
  remedy as scheduledRestart,
  type ScheduledRestartOptions,
} from '#remedies/scheduled-restart/remedy.ts';

/** Words of the commands, without the program's name. */
export const INSTALL_COMMANDS: Readonly<
  Record<'metricsServer' | 'scheduledRestart', readonly string[]>
> = {
  metricsServer: installMetricsServer.command,
  scheduledRestart: scheduledRestart.command,
};

/** The plan that installs metrics-server. Pure. */
export function metricsServerPlan(snapshot: Snapshot, options: MetricsServerOptions): Plan {
  return askedPlan(snapshot, installMetricsServer, options);
}

/** The plan that restarts Flannel's pods by a schedule. Pure. */
export function scheduledRestartPlan(
  snapshot: Snapshot,
  { namespace, name }: FlannelDaemonSet,
  options: Omit<ScheduledRestartOptions, 'namespace' | 'daemonSet'>,
): Plan {
  return askedPlan(snapshot, scheduledRestart, { ...options, namespace, daemonSet: name });
}

/** Why restarting a DaemonSet would not take one node after another; undefined when it would. Pure. */
export function restartObstacle(flannel: FlannelDaemonSet): string | undefined {
  return rolloutObstacle(flannel);
}
