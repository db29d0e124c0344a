// SPDX-License-Identifier: Apache-2.0

import { type GivenPlanFlags, runGivenChange } from '../given-plan.ts';
import type { Io } from '../io.ts';
import { metricsServerSteps } from './metrics-server.ts';

/** What `selvage install metrics-server` was asked for. */
export interface InstallFlags extends GivenPlanFlags {
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
  const insecure = kubeletInsecureTls ? ' --kubelet-insecure-tls' : '';
  const command = `install metrics-server --image ${image}${insecure}`;
  return runGivenChange({ command, stages: () => [stage] }, flags, io);
}
