// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { flannelRestartedAtMost } from './conditions.ts';
import { kubectlGet, lab, waitUntil } from './lab-command.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const REPORT = z.object({
  kills: z.array(
    z.object({
      at: z.string().optional(),
      node: z.string().optional(),
      pod: z.string().optional(),
      podIsGone: z.boolean().optional(),
      what: z.string(),
      victim: z.string().optional(),
      limitBytes: z.number().optional(),
      evidence: z.array(z.object({ source: z.string(), text: z.string() })),
    }),
  ),
  claims: z.array(z.object({ id: z.string(), verdict: z.string(), since: z.string().optional() })),
});
type OomRun = z.infer<typeof REPORT> & { readonly exitCode: number };

/** Kills of pods that are there: the lab's kernel remembers those of the tests before. */
async function oom(...flags: readonly string[]): Promise<OomRun> {
  const args = ['oom', '-o', 'json', '--kubeconfig', await adminKubeconfig(), ...flags];
  const { exitCode, stdout } = await selvage(...args);
  const report = REPORT.parse(JSON.parse(stdout));
  return { ...report, kills: report.kills.filter(({ podIsGone }) => podIsGone !== true), exitCode };
}

function verdicts({ claims }: OomRun): Readonly<Record<string, string>> {
  return Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));
}

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        containerStatuses: z.array(
          z.object({
            lastState: z.object({
              terminated: z
                .object({ reason: z.string(), exitCode: z.number(), finishedAt: z.string() })
                .optional(),
            }),
          }),
        ),
      }),
    }),
  ),
});

/** How flannel's container on a node ended last, as the API has it, and the pod's name. */
async function lastEnd(node: string): Promise<{
  readonly name: string;
  readonly reason?: string | undefined;
  readonly finishedAt?: string | undefined;
}> {
  const args = ['pods', '-n', 'kube-flannel', '--field-selector', `spec.nodeName=${node}`];
  const { items } = await kubectlGet(PODS, ...args);
  const [pod] = items;
  const end = pod?.status.containerStatuses[0]?.lastState.terminated;
  return { name: pod?.metadata.name ?? '', reason: end?.reason, finishedAt: end?.finishedAt };
}

// The end of a container that a test before this one crashed with its node is nothing that can be ruled out.
beforeAll(() => flannelRestartedAtMost(0));

describe('a healthy lab', () => {
  it('has no kill of a pod that is there, and says of each claim which it is', async () => {
    const run = await oom('--flannel');

    expect(run.kills).toEqual([]);
    expect(verdicts(run)).toEqual({
      'flanneld-killed': 'ruled-out',
      'child-killed': 'ruled-out',
      'routes-lost': 'ruled-out',
    });
    expect(run.exitCode).toBe(0);
  });
});

describe('flannel-child-oom', () => {
  beforeAll(() => lab('fault', 'flannel-child-oom', 'node3'));
  afterAll(() => lab('heal'));

  it('is told apart from a kill of flanneld by the counter of the kernel', async () => {
    const run = await oom('--flannel');

    expect(run.kills).toMatchObject([{ node: 'node3', what: 'child' }]);
    expect(run.kills[0]?.evidence[0]?.source).toBe('cgroup');
    expect(verdicts(run)).toEqual({
      'flanneld-killed': 'ruled-out',
      'child-killed': 'confirmed',
      'routes-lost': 'ruled-out',
    });
  });

  it('has its victim and its limit from the log of the kernel', async () => {
    const { kills } = await oom('--flannel', '--allow-debug-pods');

    expect(kills).toMatchObject([{ node: 'node3', what: 'child', victim: 'dd' }]);
    expect(kills[0]?.evidence.map(({ source }) => source)).toEqual(['kernel-log', 'cgroup']);
    expect(kills[0]?.limitBytes).toBeGreaterThan(64 * 1024 * 1024);
  });
});

describe('flannel-oom', () => {
  beforeAll(async () => {
    await lab('fault', 'flannel-oom', 'node2');
    await waitUntil('flannel is killed', 60_000, async () => {
      return (await lastEnd('node2')).reason === 'OOMKilled';
    });
  });
  afterAll(() => lab('heal'));

  it('is confirmed with limit, victim and the words of the kernel, at the time that the API has', async () => {
    const before = await lastEnd('node2');
    const run = await oom('--flannel', '--allow-debug-pods');
    const after = await lastEnd('node2');

    const own = run.kills.filter(({ pod, what }) => pod === before.name && what === 'container');
    // Of earlier ends the kernel alone tells: the status holds the last one of each container.
    const told = own.find(({ evidence }) => {
      const sources = evidence.map(({ source }) => source);
      return sources[0] === 'container-status' && sources.includes('kernel-log');
    });
    expect(told).toMatchObject({ node: 'node2', victim: 'flanneld', limitBytes: 9 * 1024 * 1024 });
    // It is killed again and again: the end that was read is one from before to after.
    const at = Date.parse(told?.at ?? '');
    expect(at).toBeGreaterThanOrEqual(Date.parse(before.finishedAt ?? ''));
    expect(at).toBeLessThanOrEqual(Date.parse(after.finishedAt ?? ''));
    expect(verdicts(run)).toMatchObject({ 'flanneld-killed': 'confirmed' });
    expect(run.exitCode).toBe(1);
  });

  it('has lost no route', async () => {
    const run = await oom('--flannel', '--allow-debug-pods');

    expect(verdicts(run)).toMatchObject({ 'routes-lost': 'ruled-out' });
  });

  it('is what selvage pod shows of that pod, as kubectl describe has it', async () => {
    const { name } = await lastEnd('node2');
    const kubeconfig = await adminKubeconfig();

    const { exitCode, stdout } = await selvage(
      'pod',
      `kube-flannel/${name}`,
      '--kubeconfig',
      kubeconfig,
    );
    const described = await lab('kubectl', 'describe', 'pod', '-n', 'kube-flannel', name);

    expect(described).toContain('OOMKilled');
    expect(stdout).toContain('was killed for lack of memory');
    expect(stdout).toContain('limit 9Mi');
    expect(stdout).toMatch(/BackOff: Back-off restarting failed/u);
    expect(exitCode).toBe(1);
  });
});
