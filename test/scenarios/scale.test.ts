// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readCluster } from '#engine/read-cluster.ts';
import type { FaultRule } from '#simulation/api/faults.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import type { ServedCluster } from '#simulation/workload-backend.ts';

/** Items of a page: what the collectors ask for. */
const PAGE = 500;

let folder: string;
let simulation: Simulation | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-scale-'));
});

afterEach(async () => {
  await simulation?.close();
  await rm(folder, { recursive: true });
});

/** Adds running pods, one after the other on each node. */
function addPods(simulated: SimulatedCluster, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const name = `web-${String(number)}`;
    simulated.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: simulated.nodeNames[number % simulated.nodeNames.length], containers: [] },
      status: { phase: 'Running', podIP: `10.99.${String(number >> 8)}.${String(number & 255)}` },
    });
  }
}

/** The cluster with nodes that answer every command with nothing: the calls are the same, and cost no time. */
function mute(simulated: SimulatedCluster): ServedCluster {
  return {
    store: simulated.store,
    exec: () => ({ stdout: '', stderr: '', exitCode: 0 }),
    log: () => '',
    usage: () => ({ nodes: [], pods: [], timestamp: '2026-01-01T00:00:00Z' }),
  };
}

async function serve(
  served: ServedCluster,
  faults: readonly FaultRule[] = [],
): Promise<{ readonly api: Simulation; readonly kubeconfig: string }> {
  const api = await startSimulation(served, { faults });
  simulation = api;
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 });
  return { api, kubeconfig };
}

function pages(items: number): number {
  return Math.max(1, Math.ceil(items / PAGE));
}

/** Each once, however large the cluster: what grows with it is counted in the test. */
const FIXED: Readonly<Record<string, number>> = {
  'get /version': 1,
  'get configmaps': 1,
  'get namespaces': 1,
  'list daemonsets.apps': 1,
  'list deployments.apps': 1,
  'list endpointslices.discovery.k8s.io': 1,
  'list services': 1,
};

describe.each([
  { nodes: 1, morePods: 0 },
  { nodes: 3, morePods: 0 },
  { nodes: 3, morePods: PAGE - 8 },
  { nodes: 3, morePods: PAGE },
  { nodes: 600, morePods: 1_200 },
])('the calls of a run with $nodes nodes and $morePods pods beside those of the system', (size) => {
  it('are a formula of nodes and pages', { timeout: 120_000 }, async () => {
    const simulated = cluster({ nodes: size.nodes });
    addPods(simulated, size.morePods);
    const allPods = simulated.store.list('pods').items.length;
    const { api, kubeconfig } = await serve(mute(simulated));

    const { cluster: facts } = await readCluster({ kubeconfig, env: {} }, {});

    const rights = facts.access.state === 'observed' ? facts.access.value.rights.length : 0;
    expect(api.calls.snapshot()).toEqual({
      ...FIXED,
      'create selfsubjectaccessreviews.authorization.k8s.io': rights,
      // One that reads a node, one that sends its probes.
      'get pods/exec': 2 * size.nodes,
      'get pods/log': size.nodes,
      'list nodes': pages(size.nodes),
      // Those of the whole cluster, flannel's, those of the DNS, and kube-proxy's, of which there are none here.
      'list pods': pages(allPods) + pages(size.nodes) + 1 + pages(0),
    });
  });
});

describe('a node that does not answer', () => {
  it('waits out its own time limit, beside the others and not before them', async () => {
    const simulated = cluster({ nodes: 12 });
    const silent: FaultRule = {
      fault: { kind: 'silent' },
      on: { subresource: 'exec', node: 'node1' },
    };
    const { kubeconfig } = await serve(mute(simulated), [silent]);
    const nodeTimeoutMs = 6_000;
    const doneAt: number[] = [];

    const { nodes } = await readCluster(
      { kubeconfig, env: {} },
      {
        nodeTimeoutMs,
        concurrency: 1,
        onProgress: ({ phase }) => phase === 'nodes' && doneAt.push(performance.now()),
      },
    );

    const [startedAt = 0, ...ends] = doneAt;
    expect(nodes['node1']?.routes).toMatchObject({ state: 'absent', reason: 'timed-out' });
    expect(ends).toHaveLength(12);
    expect((ends[10] ?? Infinity) - startedAt).toBeLessThan(nodeTimeoutMs);
    expect((ends[11] ?? 0) - startedAt).toBeGreaterThan(nodeTimeoutMs - 100);
  });
});
