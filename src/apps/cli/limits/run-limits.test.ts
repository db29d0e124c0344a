// SPDX-License-Identifier: Apache-2.0

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { HistoryStore } from '#history/history-store.ts';
import type { LimitsReport } from '#resources/limits/limits-report.ts';
import type { RecommendReport } from '#resources/recommend/recommend-report.ts';
import type { SimulationOptions } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { healthyPicture } from '../../../../testkit/healthy-picture.ts';
import { MIB } from '../../../../testkit/resource-picture.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';
import { UNMEASURED, UNMEASURED_USERS } from '../../../../testkit/unmeasured-reader.ts';

const HOUR_MS = 3_600_000;
const NOBODY = { name: 'nobody', token: 'nobody-token' };

const serveIt = serveInEachTest();
let served: ServedCluster;

async function serve(
  memoryLimit?: string,
  options: SimulationOptions = {},
): Promise<SimulatedCluster> {
  const simulated = cluster(memoryLimit === undefined ? {} : { memoryLimit });
  served = await serveIt(simulated, { users: [NOBODY], ...options });
  return simulated;
}

/** Keeps eight days of measurements of flannel, one of them a peak, as a history of the cluster. */
async function keepHistory({ store }: SimulatedCluster, peakBytes: number): Promise<void> {
  const uid = store.get('namespaces', 'kube-system')?.metadata.uid ?? '';
  const at = join(served.state, 'selvage', 'history');
  await mkdir(at, { recursive: true });
  const history = HistoryStore.open(join(at, `${uid}.sqlite`));
  const nowMs = Date.now();
  for (let hour = 8 * 24; hour >= 1; hour -= 1) {
    const workingSetBytes = hour === 30 ? peakBytes : 12 * MIB;
    const atMs = nowMs - hour * HOUR_MS;
    const measuredAt = new Date(atMs).toISOString();
    const picture = healthyPicture()
      .changeContainers('kube-flannel', ({ startedAt: _, ...each }) => ({
        ...each,
        restartCount: hour > 100 ? 0 : 1,
      }))
      .allUse('kube-flannel', { at: measuredAt, workingSetBytes });
    history.addSamples(atMs, picture.build());
  }
  history.close();
}

function run(argv: readonly string[], user?: string): Promise<Ran> {
  return served.run(argv, user === undefined ? {} : { user });
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

  it('judges one namespace alone when it is named', async () => {
    await serve('50Mi');

    const { exitCode, stdout } = await run(['limits', '-n', 'kube-system', '--all']);

    expect(stdout.text()).toContain('kube-system/');
    expect(stdout.text()).not.toContain('kube-flannel/');
    expect(exitCode).toBe(0);
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
    await serve(undefined, { metrics: 'absent', users: UNMEASURED_USERS });

    const { exitCode, stdout } = await run(['limits'], UNMEASURED);

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

  it('takes the peak from the history of the cluster, and is sure of it', async () => {
    const simulated = await serve();
    await keepHistory(simulated, 90 * MIB);

    const { exitCode, stdout } = await run(['recommend', 'flannel', '-o', 'json']);

    const report = JSON.parse(stdout.text()) as RecommendReport;
    expect(report.recommendations).toMatchObject([
      { confidence: 'high', data: { peakBytes: 90 * MIB }, memory: { requestBytes: 110 * MIB } },
    ]);
    expect(report.notes).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it('goes without a history that is damaged, and says so', async () => {
    const simulated = await serve();
    await keepHistory(simulated, 90 * MIB);
    const uid = simulated.store.get('namespaces', 'kube-system')?.metadata.uid ?? '';
    const file = join(served.state, 'selvage', 'history', `${uid}.sqlite`);
    await writeFile(file, 'no database '.repeat(1000));

    const { exitCode, stdout } = await run(['recommend', 'flannel']);

    expect(stdout.text()).toContain('Confidence: low.');
    expect(stdout.text()).toContain('The history was not read.');
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
    await serve(undefined, { metrics: 'absent', users: UNMEASURED_USERS });

    const { exitCode, stdout } = await run(['recommend', 'flannel'], UNMEASURED);

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
