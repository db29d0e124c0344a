// SPDX-License-Identifier: Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';

import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { checkServed, type SimulatedRun } from './simulated-run.ts';

const MINUTE_MS = 60_000;

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.close();
});

/** A machine that joined the cluster and has no flannel yet. */
function joinNode4({ store }: SimulatedCluster): void {
  const node3 = store.get('nodes', 'node3');
  store.create('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node4', labels: { ...node3?.metadata.labels } },
    spec: { podCIDR: '10.244.4.0/24', podCIDRs: ['10.244.4.0/24'] },
    status: node3?.['status'],
  });
}

/** Checks a cluster whose clock is ahead of ours, with a node that joined some minutes ago by that clock. */
async function check(given: {
  aheadMinutes: number;
  joinedMinutes: number;
}): Promise<SimulatedRun> {
  let joinedMinutes = 0;
  const now = (): Date => new Date(Date.now() + (given.aheadMinutes - joinedMinutes) * MINUTE_MS);
  const simulated = cluster({ now });
  joinedMinutes = given.joinedMinutes;
  joinNode4(simulated);
  joinedMinutes = 0;
  simulation = await startSimulation(simulated, { now });
  return checkServed(simulation);
}

describe('a clock of ours that differs from that of the API server', () => {
  it('makes no finding of a node that just joined, when ours is ahead', async () => {
    const { findings } = await check({ aheadMinutes: -10, joinedMinutes: 0 });

    expect(findings).toEqual([]);
  });

  it('hides no node that stays without flannel, when ours is behind', async () => {
    const { findings } = await check({ aheadMinutes: 10, joinedMinutes: 5 });

    expect(findings).toEqual([
      'flannel-pod-missing node4 warning',
      'subnet-lease-missing node4 critical',
    ]);
  });

  it.each([0, -10, 10])('tells the clock of the server, %i minutes ahead', async (aheadMinutes) => {
    const { snapshot } = await check({ aheadMinutes, joinedMinutes: 0 });

    const { finishedAt, apiFinishedAt = finishedAt } = snapshot;
    const aheadMs = Date.parse(apiFinishedAt) - Date.parse(finishedAt);
    expect(Math.round(aheadMs / MINUTE_MS)).toBe(aheadMinutes);
    expect('apiFinishedAt' in snapshot).toBe(aheadMinutes !== 0);
  });
});
