// SPDX-License-Identifier: Apache-2.0

import { CORDON_COMMAND, cordonPlan } from '#engine/mend/cordon-plan.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';

import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import { flagWords } from '../flag-words.ts';
import type { Io } from '../io.ts';

/**
 * `selvage cordon`: keeps new pods from nodes that are cut off from the others, until somebody mends them.
 *
 * @throws UsageError for nodes that do not exist; SourceError when the cluster cannot be read
 */
export async function runCordon(flags: MendFlags, io: Io): Promise<number> {
  const { node } = flags;
  return runMending(flags, io, {
    command: [...CORDON_COMMAND, ...flagWords({ node })],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => cordonPlan(snapshot, runChecks(snapshot, CHECKS), node),
    isAskedFor: true,
    nothing: 'No node is to be cordoned.',
  });
}
