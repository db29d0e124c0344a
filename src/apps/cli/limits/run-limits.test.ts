// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { LimitsReport } from '#resources/limits/limits-report.ts';
import type { RecommendReport } from '#resources/recommend/recommend-report.ts';
import {
  type Simulation,
  type SimulationOptions,
  startSimulation,
} from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import { type CapturedIo, capturedIo } from '../../../../testkit/captured-io.ts';
import { runCommandLine } from '../command-line.ts';

const NOBODY = { name: 'nobody', token: 'nobody-token' };

let simulation: Simulation | undefined;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-test-'));
});

afterEach(async () => {
  await simulation?.close();
  await rm(folder, { recursive: true });
});

type Ran = CapturedIo & { readonly exitCode: number };

async function serve(memoryLimit?: string, options: SimulationOptions = {}): Promise<void> {
  const limited = memoryLimit === undefined ? {} : { memoryLimit };
  simulation = await startSimulation(cluster(limited), { users: [NOBODY], ...options });
}

async function run(argv: readonly string[], user?: string): Promise<Ran> {
  if (simulation === undefined) throw new Error('nothing is served');
  const file = join(folder, 'kubeconfig');
  const { kubeconfig } = simulation;
  await writeFile(file, user === undefined ? kubeconfig : simulation.kubeconfigFor(user));
  const io = capturedIo({ env: { KUBECONFIG: file, HOME: folder } });
  return { ...io, exitCode: await runCommandLine(argv, io) };
}

describe('selvage limits', () => {
  it('has no fault to tell of a healthy cluster, and lists its containers', async () => {
    await serve();

    const { exitCode, stdout } = await run(['limits']);

    expect(stdout.text()).toMatch(/^✓ No container uses 80 % of its limit/u);
    expect(stdout.text()).toContain('kube-flannel/kube-flannel-ds');
    expect(exitCode).toBe(0);
  });

  it('finds a flannel limit below the need, and names what to run', async () => {
    await serve('50Mi');

    const { exitCode, stdout } = await run(['limits']);

    expect(stdout.text()).toContain('Its memory limit of 50Mi is below the 128Mi');
    expect(stdout.text()).toContain('Next: selvage recommend flannel');
    expect(exitCode).toBe(1);
  });

  it('says the same as JSON and as YAML', async () => {
    await serve('50Mi');

    const json = await run(['limits', '-o', 'json']);
    const yaml = await run(['limits', '-o', 'yaml']);

    const report = JSON.parse(json.stdout.text()) as LimitsReport;
    expect(report.findings).toMatchObject([{ kind: 'limit-below-minimum' }]);
    expect((parse(yaml.stdout.text()) as LimitsReport).findings).toEqual(report.findings);
  });

  it('does not say that all is well when nothing was measured', async () => {
    await serve(undefined, { metrics: 'absent' });

    const { exitCode, stdout } = await run(['limits']);

    expect(stdout.text()).toContain('Which containers are near their limits is not known.');
    expect(exitCode).toBe(3);
  });

  it('ends with 3 without the right to list pods', async () => {
    await serve();

    const { exitCode, stdout } = await run(['limits'], 'nobody');

    expect(stdout.text()).toContain('The pods could not be listed');
    expect(exitCode).toBe(3);
  });

  it.each(['0', '101', 'much', '-5', '1e2'])('refuses the threshold %s', async (threshold) => {
    await serve();

    const { exitCode, stderr } = await run(['limits', `--threshold=${threshold}`]);

    expect(stderr.text()).toContain('a percentage from 1 to 100');
    expect(exitCode).toBe(2);
  });
});

describe('selvage recommend', () => {
  it('recommends no limit for flannel, with what that rests on', async () => {
    await serve('50Mi');

    const { exitCode, stdout } = await run(['recommend', 'flannel']);

    expect(stdout.text()).toContain('Confidence: low.');
    expect(stdout.text()).toMatch(/memory limit +50Mi +none/u);
    expect(stdout.text()).toContain('3 nodes, so 2 routes');
    expect(exitCode).toBe(0);
  });

  it('recommends for any workload, as JSON and as YAML', async () => {
    await serve();

    const json = await run(['recommend', 'kube-system/deployment/coredns', '-o', 'json']);
    const yaml = await run(['recommend', 'coredns', '-o', 'yaml']);

    const report = JSON.parse(json.stdout.text()) as RecommendReport;
    expect(report.recommendations).toMatchObject([{ component: 'coredns' }]);
    expect((parse(yaml.stdout.text()) as RecommendReport).recommendations).toHaveLength(1);
  });

  it('ends with 3 when nothing was measured, and says what is missing', async () => {
    await serve(undefined, { metrics: 'absent' });

    const { exitCode, stdout } = await run(['recommend', 'flannel']);

    expect(stdout.text()).toContain('Nothing is recommended: nothing was measured.');
    expect(stdout.text()).toContain('install metrics-server');
    expect(exitCode).toBe(3);
  });

  it.each([
    ['shop/web', 'No running pod belongs to shop/web.'],
    ['$(reboot)', "'$(reboot)' names no workload."],
  ])('refuses %s as a wrong command line', async (workload, said) => {
    await serve();

    const { exitCode, stderr } = await run(['recommend', workload]);

    expect(stderr.text()).toContain(said);
    expect(exitCode).toBe(2);
  });
});
