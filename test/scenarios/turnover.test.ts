// SPDX-License-Identifier: Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';

import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import type { ServedCluster } from '#simulation/workload-backend.ts';
import { checkServed, type SimulatedRun } from './simulated-run.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.close();
});

/** The cluster, to which something happens after the first node was read. */
function disturbed(simulated: SimulatedCluster, disturb: () => void): ServedCluster {
  let reads = 0;
  return {
    store: simulated.store,
    exec: (request) => {
      const result = simulated.exec(request);
      reads += 1;
      if (reads === 1) disturb();
      return result;
    },
    log: simulated.log.bind(simulated),
    usage: simulated.usage.bind(simulated),
  };
}

/** A Node whose flanneld has just written its annotations, so that the others make entries for it. */
function joinNode5({ store }: SimulatedCluster): void {
  const [node4] = store.list('nodes', { where: ({ metadata }) => metadata.name === 'node4' }).items;
  const prefix = 'flannel.alpha.coreos.com';
  const annotations = {
    ...node4?.metadata.annotations,
    [`${prefix}/backend-data`]: '{"VNI":1,"VtepMAC":"02:00:00:00:00:05"}',
    [`${prefix}/public-ip`]: '10.213.0.15',
  };
  store.create('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node5', labels: { ...node4?.metadata.labels }, annotations },
    spec: { podCIDR: '10.244.5.0/24', podCIDRs: ['10.244.5.0/24'] },
    status: node4?.['status'],
  });
}

async function check(served: ServedCluster): Promise<SimulatedRun> {
  simulation = await startSimulation(served);
  return checkServed(simulation);
}

function skipsOf({ report }: SimulatedRun, node: string): readonly string[] {
  const verdicts = report.verdicts.filter(({ subject }) => subject === `node/${node}`);
  return [...new Set(verdicts.map(({ verdict, reason }) => `${verdict}: ${reason ?? ''}`))];
}

describe('a node that leaves during the run', () => {
  it('is skipped, and no entry about it is a finding', async () => {
    const simulated = cluster({ nodes: 4, coreDnsOn: ['node1', 'node2'] });

    const run = await check(disturbed(simulated, () => simulated.store.delete('nodes', 'node4')));

    expect(run.findings).toEqual([]);
    expect(run.report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(skipsOf(run, 'node4')).toEqual(['skip: The node left while the run went on.']);
    expect(simulation?.calls.count('list', 'nodes')).toBe(2);
  });
});

describe('a node that joins during the run', () => {
  it('is skipped, and no entry about it is a finding', async () => {
    const simulated = cluster({ nodes: 4, coreDnsOn: ['node1', 'node2'] });

    const run = await check(disturbed(simulated, () => joinNode5(simulated)));

    expect(run.findings).toEqual([]);
    expect(run.report.pairs).toEqual({ checked: 12, broken: 0, unknown: 0 });
    expect(skipsOf(run, 'node5')).toEqual(['skip: The node joined while the run went on.']);
  });
});

describe('a fault that is no turnover', () => {
  it('is found all the same, for one more list of nodes', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');

    const { findings } = await check(disturbed(simulated, () => undefined));

    expect(findings).toEqual([
      'route-missing node2 -> node1 critical',
      'route-missing node2 -> node3 critical',
    ]);
    expect(simulation?.calls.count('list', 'nodes')).toBe(2);
  });
});
