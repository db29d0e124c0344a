// SPDX-License-Identifier: Apache-2.0

import type { FlannelDaemonSet } from '#model/cluster.ts';

/** Why the DaemonSet's own strategy would not replace its pods one node after another; undefined when it would. */
export function rolloutObstacle({
  updateStrategy,
}: Pick<FlannelDaemonSet, 'updateStrategy'>): string | undefined {
  if (updateStrategy?.type !== 'RollingUpdate') {
    return `The DaemonSet's updateStrategy is ${updateStrategy?.type ?? 'not known'}, so its pods would not be replaced.`;
  }
  const most = updateStrategy.maxUnavailable ?? '1';
  return most === '1'
    ? undefined
    : `The DaemonSet's updateStrategy allows maxUnavailable ${most}, which is not one node after another.`;
}
