// SPDX-License-Identifier: Apache-2.0

import { restartPlan } from '#engine/mend/restart-plan.ts';

import { flagWords } from '../flag-words.ts';
import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/** What `selvage restart flannel` was asked for. */
export interface RestartFlags extends MendFlags {
  readonly all?: true;
}

/**
 * `selvage restart flannel`: restarts flannel on some nodes or all, one after another, each verified before the next.
 *
 * @throws UsageError when it is not said where; what mending throws
 */
export async function runRestart(flags: RestartFlags, io: Io): Promise<number> {
  const { all, node } = flags;
  if ((all === undefined) === (node === undefined)) {
    throw new UsageError(
      'It has to be said where: on some nodes or on all.',
      `Name nodes with --node, or use --all: '${io.program} restart flannel --all'.`,
    );
  }
  return runMending(flags, io, {
    command: ['restart', 'flannel', ...flagWords({ all, node })],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => restartPlan(snapshot, node),
  });
}
