// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { Interruption } from '../../src/apps/cli/io.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

const NODES = ['node1', 'node2', 'node3'];

function podsOf(simulated: SimulatedCluster): readonly (string | undefined)[] {
  return NODES.map((node) => simulated.flannelPod(node));
}

describe('recover', () => {
  it('mends what is safe without a restart, and shows nodes, pods and use', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const pods = podsOf(simulated);
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated, { metrics: 'served' });

    const { exitCode, said } = await served.run(['recover', '--yes']);

    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(podsOf(simulated)).toEqual(pods);
    expect(said).toContain('3 nodes, all Ready.');
    expect(said).toMatch(/node2: CPU \d+m.*, memory \d+Mi/u);
    expect(said).not.toContain('flannel is restarted');
  });

  it('shows the plan and the cluster, and changes nothing without consent', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const broken = kernelText(simulated, 'node2');
    const served = await serve(simulated);

    const { exitCode, said } = await served.run(['recover']);

    expect(exitCode).toBe(1);
    expect(said).toContain('Apply it with: selvage recover --yes');
    expect(said).toContain('The cluster now');
    expect(kernelText(simulated, 'node2')).toBe(broken);
  });

  it('restarts nothing where what is left takes a person', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const pods = podsOf(simulated);
    simulated.fault('routes-flush', 'node2');
    simulated.fault('udp-block', 'node3');
    const served = await serve(simulated);

    const { said } = await served.run(['recover', '--yes']);

    expect(said).toContain('Flannel is not restarted. What is left takes a person');
    expect(podsOf(simulated)).toEqual(pods);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('names pods that do not run', async () => {
    const simulated = cluster();
    simulated.fault('flannel-oom', 'node2');
    const served = await serve(simulated);

    const { said, exitCode } = await served.run(['recover']);

    expect(said).toMatch(/\d of \d+ pods not running:/u);
    expect(said).toContain('on node2: CrashLoopBackOff');
    expect(exitCode).toBe(1);
  });

  it('prints one value in JSON, with what was done and how the cluster fares', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated, { metrics: 'absent' });

    const { stdout, exitCode } = await served.run(['recover', '--yes', '-o', 'json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.text())).toMatchObject({
      mended: { stages: [{ verdict: { verdict: 'helped' } }], left: [] },
      cluster: { nodes: { state: 'observed' }, usage: { state: 'absent' } },
    });
  });

  it('ends between two steps on Ctrl-C, and shows nothing more', async () => {
    const simulated = cluster();
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);
    const control = new AbortController();

    const { exitCode, said } = await served.run(['recover'], {
      signal: control.signal,
      ask: () => {
        control.abort(new Interruption(130));
        return Promise.resolve('yes');
      },
    });

    expect(exitCode).toBe(130);
    expect(said).not.toContain('The cluster now');
  });
});

describe('recover where nothing smaller can be planned', () => {
  it('restarts flannel on each node, one after another', async () => {
    const simulated = cluster({ nodes: 5 });
    const nodes = [...NODES, 'node4', 'node5'];
    const healthy = nodes.map((node) => kernelText(simulated, node));
    simulated.fault('routes-flush', 'node2');
    const served = await serve(simulated);
    // Three of five nodes cannot be read at first: too little to write an entry by.
    let isDeaf = true;
    const exec = simulated.exec.bind(simulated);
    simulated.exec = (request) => {
      const isShut = ['node3', 'node4', 'node5'].some(
        (node) => simulated.flannelPod(node) === request.pod,
      );
      return isDeaf && isShut
        ? { failure: 'node-unreachable', message: 'the kubelet does not answer' }
        : exec(request);
    };

    const { said } = await served.run(['recover'], {
      ask: () => {
        isDeaf = false;
        return Promise.resolve('yes');
      },
    });

    expect(said).toContain('flannel is restarted on one node after another');
    expect(nodes.map((node) => kernelText(simulated, node))).toEqual(healthy);
  });
});
