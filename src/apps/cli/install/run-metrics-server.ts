// SPDX-License-Identifier: Apache-2.0

import { INSTALL_COMMANDS, metricsServerPlan } from '#engine/mend/install-plans.ts';

import { durationText } from '../flag-values.ts';
import { flagWords } from '../flag-words.ts';
import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';

/** What `selvage install metrics-server` was asked for. */
export interface MetricsServerFlags extends MendFlags {
  readonly image: string;
  readonly kubeletInsecureTls?: true;
  /** Milliseconds. */
  readonly wait?: number;
}

const WAIT_MS = 180_000;

/**
 * `selvage install metrics-server`: creates its objects, waits for a served metric, and takes all back without one.
 *
 * @throws SourceError when the cluster cannot be read
 */
export async function runMetricsServer(flags: MetricsServerFlags, io: Io): Promise<number> {
  const { image, kubeletInsecureTls = false, wait = WAIT_MS } = flags;
  const options = { image, kubeletInsecureTls, waitSeconds: wait / 1000 };
  const given = {
    image,
    kubeletInsecureTls: flags.kubeletInsecureTls,
    wait: flags.wait === undefined ? undefined : durationText(wait),
  };
  return runMending(flags, io, {
    command: [...INSTALL_COMMANDS.metricsServer, ...flagWords(given)],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => metricsServerPlan(snapshot, options),
    isAskedFor: true,
  });
}
