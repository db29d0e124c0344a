// SPDX-License-Identifier: Apache-2.0

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { FaultName } from '#simulation/cluster/faults.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { editNetConf, type NetConfEdit } from '../../testkit/edit-net-conf.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

/** Settings that a flannel which restarts takes alone, and what the plan says of it. */
const APART: Readonly<Record<string, NetConfEdit>> = {
  'another VNI': { Backend: { VNI: 42 } },
  'another port': { Backend: { Port: 4789 } },
  'another network': { Network: '10.42.0.0/16' },
  'another backend': { Backend: { Type: 'host-gw' } },
};

const NODES = ['node1', 'node2', 'node3'];

describe.each(Object.entries(APART))('net-conf.json edited to %s', (_, edit) => {
  it('has entries mended as the nodes run, not as the file asks', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const pods = NODES.map((node) => simulated.flannelPod(node));
    editNetConf(simulated, edit);
    simulated.fault('routes-flush', 'node2');
    const site = await serve(simulated);

    const { said } = await site.run(['fix', '--yes']);

    expect(said).toContain('2 findings gone, packets flow over 4 of 4 pairs.');
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(NODES.map((node) => simulated.flannelPod(node))).toEqual(pods);
  });

  it.each<FaultName>(['flannel-stop', 'wrong-vtep-mac'])(
    'has no flannel restarted for %s, which would cut its node off',
    async (fault) => {
      const simulated = cluster();
      editNetConf(simulated, edit);
      simulated.fault(fault, 'node2');
      const pods = NODES.map((node) => simulated.flannelPod(node));
      const site = await serve(simulated);

      const { said } = await site.run(['fix', '--yes', '--max-risk', 'cluster']);

      expect(said.replace(/\s+/gu, ' ')).toContain('its node is cut off from the others');
      expect(await site.audit()).toEqual([]);
      expect(NODES.map((node) => simulated.flannelPod(node))).toEqual(pods);
    },
  );

  it('has recover restart nothing', async () => {
    const simulated = cluster();
    editNetConf(simulated, edit);
    simulated.fault('wrong-vtep-mac', 'node2');
    const pods = NODES.map((node) => simulated.flannelPod(node));
    const site = await serve(simulated);

    const { said } = await site.run(['recover', '--yes']);

    expect(said).toContain('Flannel is not restarted.');
    expect(NODES.map((node) => simulated.flannelPod(node))).toEqual(pods);
  });

  it('is told to whoever restarts flannel by hand', async () => {
    const simulated = cluster();
    editNetConf(simulated, edit);
    const site = await serve(simulated);

    const { said } = await site.run(['restart', 'flannel', '--node', 'node2']);

    expect(said.replace(/\s+/gu, ' ')).toContain('its node is cut off from the others');
  });
});

describe('a plan that was kept', () => {
  it.each<[string, (simulated: SimulatedCluster) => void, string]>([
    [
      'net-conf.json was edited',
      (simulated) => {
        editNetConf(simulated, { Backend: { VNI: 42 } });
      },
      'its node is cut off from the others',
    ],
    [
      'the node got a taint',
      ({ store }) => {
        const node = store.get('nodes', 'node2');
        if (node === undefined) throw new Error('node2 is gone');
        const taints = [{ key: 'example.com/full', effect: 'NoExecute' }];
        store.update('nodes', { ...node, spec: { ...(node['spec'] as object), taints } });
      },
      'would not come back',
    ],
  ])('restarts no flannel any more when %s since', async (_, change, why) => {
    const simulated = cluster();
    simulated.fault('flannel-stop', 'node2');
    const site = await serve(simulated);
    const file = join(site.home, 'plan.yaml');
    await writeFile(file, (await site.run(['fix', '-o', 'yaml'])).stdout.text());
    const pod = simulated.flannelPod('node2');
    change(simulated);

    const { exitCode, said } = await site.run(['fix', '--yes', '--plan', file]);

    expect(said.replace(/\s+/gu, ' ')).toContain(why);
    expect(exitCode).toBe(2);
    expect(await site.audit()).toEqual([]);
    expect(simulated.flannelPod('node2')).toBe(pod);
  });
});

describe('a setting that cuts nobody off', () => {
  it('keeps no flannel from being restarted', async () => {
    const simulated = cluster();
    editNetConf(simulated, { Backend: { Learning: true } });
    simulated.fault('flannel-stop', 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['restart-flannel-pod']);
  });
});
