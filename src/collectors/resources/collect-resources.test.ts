// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ResourcePicture } from '#model/resources.ts';
import { type ResourceOptions, collectResources } from '#collectors/resources/collect-resources.ts';
import { type SimulationOptions, startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { connect } from '#sources/kubernetes/connection.ts';
import { UNMEASURED_USERS } from '../../../testkit/unmeasured-reader.ts';

let folder: string;
let simulated: SimulatedCluster;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'selvage-resources-'));
  simulated = cluster();
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Reads the cluster as its administrator, or as a user with some rules. */
async function read(
  options: ResourceOptions = {},
  serving: SimulationOptions = {},
): Promise<ResourcePicture> {
  const simulation = await startSimulation(simulated, serving);
  const [user] = serving.users ?? [];
  const kubeconfig = path.join(folder, 'config');
  const text = user === undefined ? simulation.kubeconfig : simulation.kubeconfigFor(user.name);
  await writeFile(kubeconfig, text, { mode: 0o600 });
  const connection = await connect({ kubeconfig, env: {} });
  try {
    return await collectResources(connection, options);
  } finally {
    connection.close();
    await simulation.close();
  }
}

describe('collectResources', () => {
  it('reads nodes and pods with their workloads', async () => {
    const { nodes, pods } = await read();

    const dns =
      pods.state === 'observed' && pods.value.find(({ name }) => name.startsWith('coredns'));
    expect(nodes.state === 'observed' && nodes.value.map(({ name }) => name)).toEqual([
      'node1',
      'node2',
      'node3',
    ]);
    expect(dns).toMatchObject({
      namespace: 'kube-system',
      workload: { kind: 'Deployment', name: 'coredns' },
    });
  });

  it('takes usage from metrics-server, and says so', async () => {
    const { usage } = await read();

    expect(usage).toMatchObject({
      state: 'observed',
      value: { origin: 'metrics-server', through: 'metrics.k8s.io/v1beta1', missing: [] },
    });
  });

  it('says why there is no usage when no origin has any', async () => {
    const { usage, pods } = await read({}, { metrics: 'absent', users: UNMEASURED_USERS });

    expect(pods.state).toBe('observed');
    expect(usage).toMatchObject({ state: 'absent', reason: 'failed' });
    expect(usage.state === 'absent' && usage.detail).toContain(
      'metrics-server: The cluster serves no metrics.k8s.io',
    );
  });

  it('is absent part by part without the rights', async () => {
    const rules = [{ verbs: ['list'], resources: ['nodes'] }];

    const picture = await read({}, { users: [{ name: 'some', token: 'some-token', rules }] });

    expect(picture.nodes.state).toBe('observed');
    expect(picture.pods).toMatchObject({ state: 'absent', reason: 'forbidden' });
    expect(picture.limitRanges).toMatchObject({ state: 'absent', reason: 'forbidden' });
  });

  it('knows the clock of the API server', async () => {
    const { readAt, serverAt = '' } = await read();

    expect(Math.abs(Date.parse(serverAt) - Date.parse(readAt))).toBeLessThan(5_000);
  });
});
