// SPDX-License-Identifier: Apache-2.0

import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { lostPods } from '#engine/mend/restart-obstacle.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { restartDoubt } from '#expected/restart-flannel.ts';
import type { Step } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** What somebody has to know who asks for a restart of flannel that no finding asked for. Pure. */
export function restartNotes(snapshot: Snapshot, steps: readonly Step[]): readonly string[] {
  const doubt = restartDoubt(treatableFindings(runChecks(snapshot, CHECKS)));
  return [...(doubt === undefined ? [] : [doubt]), ...lostPods(snapshot, steps)];
}
