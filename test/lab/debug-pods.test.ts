// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { kubectlGet, lab, waitUntil } from './lab-command.ts';
import { REPOSITORY } from './run-command.ts';
import { adminKubeconfig, SELVAGE, selvage } from './selvage-command.ts';

const PODS = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** Debug pods that are there, whoever made them. */
async function debugPods(): Promise<readonly string[]> {
  const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces', '-l', 'selvage.dev/run');
  return items.map(({ metadata }) => metadata.name);
}

/** How many pairs nobody knows of. */
async function unknownPairs(...flags: readonly string[]): Promise<number> {
  const args = ['check', '-o', 'json', '--kubeconfig', await adminKubeconfig(), ...flags];
  const { stdout } = await selvage(...args);
  const report = z.object({ pairs: z.object({ unknown: z.int() }) }).parse(JSON.parse(stdout));
  return report.pairs.unknown;
}

/**
 * Starts a check that makes debug pods, and ends it by SIGKILL once there is one. Whether there was: a pod that is
 * killed for its memory runs for a moment now and then, and is asked itself then.
 */
async function killWhenMade(): Promise<boolean> {
  const args = ['check', '--allow-debug-pods', '--kubeconfig', await adminKubeconfig()];
  const run = spawn(process.execPath, [SELVAGE, ...args], { cwd: REPOSITORY, stdio: 'ignore' });
  const ended = once(run, 'exit');
  let isMade = false;
  await waitUntil('a debug pod is made, or none needed', 60_000, async () => {
    isMade = (await debugPods()).length > 0;
    return isMade || run.exitCode !== null;
  });
  run.kill('SIGKILL');
  await ended;
  return isMade;
}

describe('a node whose flannel pod does not run', () => {
  beforeAll(async () => {
    await lab('fault', 'flannel-oom', 'node2');
    await waitUntil('node2 cannot be read', 60_000, async () => {
      return (await unknownPairs('--probe', 'none')) > 0;
    });
  });

  afterAll(async () => {
    await lab('heal');
  });

  it('has no pod made without leave', async () => {
    expect(await debugPods()).toEqual([]);
  });

  it('is read through a pod that is gone afterwards, also what a killed run has left', async () => {
    await waitUntil('a check is killed in the middle', 90_000, killWhenMade);
    const left = await debugPods();
    const unknown = await unknownPairs('--allow-debug-pods');

    expect(left).toHaveLength(1);
    expect(unknown).toBe(0);
    expect(await debugPods()).toEqual([]);
  });
});
