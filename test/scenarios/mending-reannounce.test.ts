// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Plan } from '#model/plan.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

const NODES = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6'];

/** Six nodes, all others of which lack the route to node3. */
function broken(): SimulatedCluster {
  const simulated = cluster({ nodes: NODES.length });
  for (const node of NODES.filter((each) => each !== 'node3')) {
    simulated.fault('route-del', node, 'node3');
  }
  return simulated;
}

function announced(simulated: SimulatedCluster): unknown {
  return simulated.store.get('nodes', 'node3')?.metadata.annotations;
}

describe('many nodes that lack the same node', () => {
  it('learn of it anew by its annotation, which is then as it was; no pod is touched', async () => {
    const whole = cluster({ nodes: NODES.length });
    const simulated = broken();
    const before = announced(simulated);
    const pods = NODES.map((node) => simulated.flannelPod(node));
    const site = await serve(simulated);

    const { stdout } = await site.run(['fix', '-o', 'json']);
    const { exitCode, said } = await site.run(['fix', '--yes']);

    const plan = JSON.parse(stdout.text()) as Plan;
    expect(plan.stages.map(({ remedy, steps }) => [remedy, steps.length])).toEqual([
      ['reannounce-node', 1],
    ]);
    expect(said).toContain('reprogram-entries: 5 nodes lack entries about node3');
    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(NODES.map((node) => kernelText(simulated, node))).toEqual(
      NODES.map((node) => kernelText(whole, node)),
    );
    expect(announced(simulated)).toEqual(before);
    expect(NODES.map((node) => simulated.flannelPod(node))).toEqual(pods);
  });

  it('are written to by exec where flanneld hears nothing, only there', async () => {
    const simulated = broken();
    simulated.fault('flannel-stop', 'node2');
    const site = await serve(simulated);

    const { stdout } = await site.run(['fix', '-o', 'json']);
    await site.run(['fix', '--yes']);

    const plan = JSON.parse(stdout.text()) as Plan;
    const ways = plan.stages.flatMap(({ remedy, node, treats }) =>
      treats.some(({ check }) => check === 'route-missing') ? [[remedy, node]] : [],
    );
    expect(ways).toContainEqual(['reannounce-node', undefined]);
    expect(ways.map(([, node]) => node)).toContain('node2');
    expect(kernelText(simulated, 'node2')).toBe(kernelText(cluster({ nodes: 6 }), 'node2'));
  });
});

describe('a cluster with both address families', () => {
  it('learns of a node anew in both by one step, and its annotations are as they were', async () => {
    const simulated = cluster({ dualStack: true });
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('routes-flush', 'node2');
    const flushed = kernelText(simulated, 'node2');
    const before = announced(simulated);
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes', '--only', 'reannounce-node']);

    expect(flushed).not.toContain('10.244.3.0/24');
    expect(flushed).not.toBe(healthy);
    expect(said).toContain('announce node3 anew');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(announced(simulated)).toEqual(before);
  });
});

describe('an image that has BusyBox only', () => {
  it.each(['route-del', 'neigh-del'] as const)(
    'has %s mended by an announcement: forwarding entries, which a write needs, are not seen there',
    async (fault) => {
      const simulated = cluster({ image: 'busybox' });
      const healthy = kernelText(simulated, 'node2');
      simulated.fault(fault, 'node2', 'node3');
      const site = await serve(simulated);

      const plan = await site.plan();
      await site.run(['fix', '--yes']);

      expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['reannounce-node']);
      expect(JSON.stringify(plan.stages)).toContain('reprogram-entries: It needs fdb');
      expect(kernelText(simulated, 'node2')).toBe(healthy);
    },
  );
});

describe('asked for by name', () => {
  it('mends one missing entry too', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('neigh-del', 'node2', 'node3');
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes', '--only', 'reannounce-node']);

    expect(said).toContain('announce node3 anew');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });
});
