// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { KernelError } from '#simulation/kernel/kernel-error.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

const FAULTS: readonly FaultName[] = ['wrong-vtep-mac', 'wrong-public-ip', 'annotations-lost'];

describe.each(FAULTS)('after %s', (fault) => {
  it('only the flannel of that node is restarted, and everything is right everywhere', async () => {
    const simulated = cluster();
    const healthy = ['node1', 'node2', 'node3'].map((node) => kernelText(simulated, node));
    const pods = ['node1', 'node3'].map((node) => simulated.flannelPod(node));
    const [own] = [simulated.flannelPod('node2')];
    simulated.fault(fault, 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(plan.stages.map(({ remedy, node }) => [remedy, node])).toEqual([
      ['restart-flannel-pod', 'node2'],
    ]);
    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(['node1', 'node3'].map((node) => simulated.flannelPod(node))).toEqual(pods);
    expect(simulated.flannelPod('node2')).not.toBe(own);
    expect(['node1', 'node2', 'node3'].map((node) => kernelText(simulated, node))).toEqual(healthy);
  });

  it('nothing is planned where no risk is allowed, and the needed one is named', async () => {
    const simulated = cluster();
    simulated.fault(fault, 'node2');
    const site = await serve(simulated);

    const plan = await site.plan('--max-risk', 'none');

    expect(plan.stages).toEqual([]);
    expect(plan.untreated.map(({ needsRisk }) => needsRisk)).toContain('node');
  });
});

describe('a kernel that refuses to be written', () => {
  /** Refuses the next writes of routes. */
  function refuse(simulated: SimulatedCluster, times: number): void {
    const { kernel } = simulated.node('node2');
    const setRoute = kernel.setRoute.bind(kernel);
    let left = times;
    kernel.setRoute = (...given) => {
      left -= 1;
      if (left >= 0) throw new KernelError('EOPNOTSUPP');
      setRoute(...given);
    };
  }

  it('is followed by the next stronger remedy, after what was written is taken back', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('link-bounce', 'node2');
    refuse(simulated, 1);
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(said).toContain('The node refused it');
    expect(said).toContain('taken back: delete neighbour 10.244.1.0 again');
    expect(said).toContain('Not smaller: reprogram-entries: It was tried and did not help.');
    expect(said).toContain('announce node1 anew');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('is left as it was where no stronger remedy is allowed', async () => {
    const simulated = cluster();
    simulated.fault('link-bounce', 'node2');
    const broken = kernelText(simulated, 'node2');
    refuse(simulated, 1);
    const site = await serve(simulated);

    const { exitCode } = await site.run(['fix', '--yes', '--only', 'reprogram-entries']);

    expect(exitCode).toBe(1);
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });
});

describe('restart flannel', () => {
  it('--all restarts one node after another, the control plane last, and all is well', async () => {
    const simulated = cluster();
    const pods = ['node1', 'node2', 'node3'].map((node) => simulated.flannelPod(node));
    const order: string[] = [];
    simulated.store.subscribe((resource, type, object) => {
      if (resource === 'pods' && type === 'DELETED') order.push(object.metadata.name);
    });
    const site = await serve(simulated);

    const { exitCode, said } = await site.run(['restart', 'flannel', '--all', '--yes']);

    expect(said).toContain('3 changes made. No finding is left.');
    expect(exitCode).toBe(0);
    expect(order).toEqual([pods[1], pods[2], pods[0]]);
  });

  it('halts at the first node that does not verify', async () => {
    const simulated = cluster();
    const third = simulated.flannelPod('node3');
    simulated.fault('ip-forward-0', 'node2');
    const site = await serve(simulated);

    const { exitCode, said } = await site.run([
      ...['restart', 'flannel', '--node', 'node2,node3', '--yes'],
    ]);

    expect(said).toContain('Halted');
    expect(said).toContain('not begun: rolling-restart-flannel on node3');
    expect(exitCode).toBe(1);
    expect(simulated.flannelPod('node3')).toBe(third);
  }, 60_000);

  it('has to be told where', async () => {
    const site = await serve(cluster());

    const { exitCode, said } = await site.run(['restart', 'flannel', '--yes']);

    expect(exitCode).toBe(2);
    expect(said).toContain('--all');
  });
});
