// SPDX-License-Identifier: Apache-2.0

import { givenPlan } from '#engine/mend/given-plan.ts';

import { durationText } from '../flag-values.ts';
import { flagWords } from '../flag-words.ts';
import type { MendFlags } from '../fix/fix-flags.ts';
import { runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';
import { metricsServerSteps } from './metrics-server.ts';

/** What `selvage install metrics-server` was asked for. */
export interface InstallFlags extends MendFlags {
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
export async function runInstall(flags: InstallFlags, io: Io): Promise<number> {
  const { image, kubeletInsecureTls = false, wait = WAIT_MS } = flags;
  const steps = metricsServerSteps({ image, kubeletInsecureTls, waitSeconds: wait / 1000 });
  const stage = {
    remedy: 'install-metrics-server',
    title: 'Install metrics-server',
    risk: 'none',
    disturbance: 'One pod is added, and the API metrics.k8s.io. No flow is disturbed.',
    treats: [],
    steps,
    whyNotSmaller: [],
    settlesWithinMs: 0,
    haltsOnFailure: true,
    peers: [],
  } as const;
  const given = {
    image,
    kubeletInsecureTls: flags.kubeletInsecureTls,
    wait: flags.wait === undefined ? undefined : durationText(wait),
  };
  return runMending(flags, io, {
    command: ['install', 'metrics-server', ...flagWords(given)],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => givenPlan(snapshot, [stage]),
    isAskedFor: true,
  });
}
