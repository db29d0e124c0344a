// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { everythingIsReady } from './conditions.ts';
import { kubectlGet, lab } from './lab-command.ts';
import type { CommandResult } from './run-command.ts';
import { adminKubeconfig, selvage } from './selvage-command.ts';

const AMOUNTS = z.record(z.string(), z.string()).default({});
const RESOURCES = z.object({ requests: AMOUNTS, limits: AMOUNTS }).prefault({});

const PODS = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        namespace: z.string(),
        ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
      }),
      spec: z.object({
        containers: z.array(z.object({ name: z.string(), resources: RESOURCES })),
        initContainers: z.array(z.object({ name: z.string() })).default([]),
      }),
      status: z.object({ phase: z.string() }),
    }),
  ),
});

const DAEMONSET = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ name: z.string(), resources: RESOURCES })) }),
    }),
  }),
});

const LIMITS = z.object({
  findings: z.array(z.object({ kind: z.string(), severity: z.string() })),
  usage: z.object({ origin: z.string().optional(), measured: z.number() }),
  unknown: z.array(z.string()),
  containers: z.array(
    z.object({
      namespace: z.string(),
      container: z.string(),
      role: z.string(),
      pods: z.number(),
      limits: z.object({ memoryBytes: z.number().optional() }),
    }),
  ),
});

const RECOMMENDED = z.object({
  recommendations: z.array(
    z.object({
      pods: z.number(),
      confidence: z.string(),
      data: z.object({ running: z.number(), measured: z.number(), peakBytes: z.number() }),
      memory: z.object({ requestBytes: z.number(), limitBytes: z.number().optional() }),
    }),
  ),
});

const MIB = 1024 * 1024;

let kubeconfig: string;
let state: string;

beforeAll(async () => {
  await lab('heal');
  await everythingIsReady();
  kubeconfig = await adminKubeconfig();
  state = await mkdtemp(join(tmpdir(), 'selvage-limits-'));
  process.env['XDG_STATE_HOME'] = state;
});

afterAll(async () => {
  delete process.env['XDG_STATE_HOME'];
  await rm(state, { recursive: true, force: true });
  await lab('heal');
});

function run(...args: readonly string[]): Promise<CommandResult> {
  return selvage(...args, '--kubeconfig', kubeconfig);
}

async function flannelResources(): Promise<z.output<typeof RESOURCES> | undefined> {
  const set = await kubectlGet(DAEMONSET, 'daemonset', '-n', 'kube-flannel', 'kube-flannel-ds');
  return set.spec.template.spec.containers.find(({ name }) => name === 'kube-flannel')?.resources;
}

/** Running containers of all pods, by namespace and name, as kubectl tells them. */
async function containersByKubectl(): Promise<ReadonlyMap<string, number>> {
  const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces');
  const counts = new Map<string, number>();
  for (const { metadata, spec, status } of items) {
    if (status.phase === 'Succeeded' || status.phase === 'Failed') continue;
    for (const { name } of [...spec.initContainers, ...spec.containers]) {
      const key = `${metadata.namespace}/${name}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

describe('selvage limits of a healthy cluster', () => {
  it('finds no fault, and has every container that kubectl has', async () => {
    const { stdout } = await run('limits', '-o', 'json');
    const byKubectl = await containersByKubectl();

    const report = LIMITS.parse(JSON.parse(stdout));
    const counts = new Map<string, number>();
    for (const { namespace, container, pods } of report.containers) {
      const key = `${namespace}/${container}`;
      counts.set(key, (counts.get(key) ?? 0) + pods);
    }
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect([...counts].sort()).toEqual([...byKubectl].sort());
  });

  it('tells which memory limits there are', async () => {
    const { stdout } = await run('limits', '-o', 'json');
    const { items } = await kubectlGet(PODS, 'pods', '--all-namespaces');

    const limited = LIMITS.parse(JSON.parse(stdout))
      .containers.filter(({ limits }) => limits.memoryBytes !== undefined)
      .map(({ namespace, container }) => `${namespace}/${container}`);
    const byKubectl = items.flatMap(({ metadata, spec }) =>
      spec.containers
        .filter(({ resources }) => resources.limits['memory'] !== undefined)
        .map(({ name }) => `${metadata.namespace}/${name}`),
    );
    expect([...new Set(limited)].sort()).toEqual([...new Set(byKubectl)].sort());
  });
});

describe('selvage recommend flannel', () => {
  it('has measured every pod, and recommends no limit and no less than the peak', async () => {
    const { exitCode, stdout } = await run('recommend', 'flannel', '-o', 'json');

    const [flannel] = RECOMMENDED.parse(JSON.parse(stdout)).recommendations;
    expect(exitCode).toBe(0);
    expect(flannel).toMatchObject({ pods: 3, data: { running: 3, measured: 3 } });
    expect(flannel?.memory).not.toHaveProperty('limitBytes');
    expect(flannel?.memory.requestBytes).toBeGreaterThanOrEqual(flannel?.data.peakBytes ?? 0);
    expect(flannel?.data.peakBytes).toBeGreaterThan(4 * MIB);
    expect(flannel?.data.peakBytes).toBeLessThan(200 * MIB);
  });
});

describe('selvage tune flannel --profile recommended', () => {
  it('takes away a limit below the need that limits finds, and undo brings each back', async () => {
    const before = await flannelResources();
    const limited = await run('tune', 'flannel', '--memory-limit', '100Mi', '--yes');
    const found = await run('limits', '-o', 'json');
    const tuned = await run('tune', 'flannel', '--profile', 'recommended', '--yes');
    const between = await flannelResources();
    const undone = await run('undo', '--yes');
    const restored = await flannelResources();
    await run('tune', 'flannel', '--profile', 'upstream', '--yes');
    const end = await flannelResources();

    expect(limited.exitCode).toBe(0);
    expect(found.exitCode).toBe(1);
    expect(LIMITS.parse(JSON.parse(found.stdout)).findings).toContainEqual({
      kind: 'limit-below-minimum',
      severity: 'warning',
    });
    expect(tuned).toMatchObject({ exitCode: 0 });
    expect(tuned.stdout).toContain('Recommended with');
    expect(between?.limits).toEqual({});
    expect(undone.exitCode).toBe(0);
    expect(restored?.limits).toEqual({ memory: '100Mi' });
    expect(end).toEqual(before);
  }, 600_000);
});
