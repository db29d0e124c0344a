// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { Interruption } from '../../src/apps/cli/io.ts';
import { kernelText, serveInEachTest } from '../../testkit/served-cluster.ts';

const NODES = ['node1', 'node2', 'node3'];
const SUBNET_ENV = '/run/flannel/subnet.env';

const serve = serveInEachTest();

function podsOf(simulated: SimulatedCluster): readonly (string | undefined)[] {
  return NODES.map((node) => simulated.flannelPod(node));
}

describe('after wrong-mtu', () => {
  it('the MTU is set, nothing else is touched, and undo sets the wrong one again', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const pods = podsOf(simulated);
    simulated.fault('wrong-mtu', 'node2');
    const site = await serve(simulated);
    const { kernel } = simulated.node('node2');

    const plan = await site.plan();
    const { exitCode, said } = await site.run(['fix', '--yes']);
    const mended = kernel.link('flannel.1').mtu;
    const undone = await site.run(['undo', '--yes']);

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['set-link-mtu']);
    expect(said).toContain('No finding is left.');
    expect([exitCode, undone.exitCode]).toEqual([0, 0]);
    expect([mended, kernel.link('flannel.1').mtu]).toEqual([1450, 1300]);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(podsOf(simulated)).toEqual(pods);
  });
});

describe('after subnet-env-rm', () => {
  it('the file is as flanneld wrote it, no pod is touched, and undo removes it again', async () => {
    const simulated = cluster();
    const { files } = simulated.node('node2');
    const before = files.read(SUBNET_ENV);
    const pods = podsOf(simulated);
    simulated.fault('subnet-env-rm', 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode, said } = await site.run(['fix', '--yes']);
    const mended = files.read(SUBNET_ENV);
    const undone = await site.run(['undo', '--yes']);

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['restore-subnet-env']);
    expect(said).toContain('No finding is left.');
    expect([exitCode, undone.exitCode]).toEqual([0, 0]);
    expect(mended).toEqual(before);
    expect(files.read(SUBNET_ENV)).toEqual({ problem: 'ENOENT' });
    expect(podsOf(simulated)).toEqual(pods);
  });

  it('a file of another range comes back byte for byte by undo', async () => {
    const simulated = cluster();
    const { files } = simulated.node('node2');
    const before = files.read(SUBNET_ENV);
    const text = 'content' in before ? before.content : '';
    const wrong = text.replace(/SUBNET=.*/, 'SUBNET=10.244.77.1/24');
    files.set(SUBNET_ENV, wrong);
    const site = await serve(simulated);

    const { exitCode } = await site.run(['fix', '--yes']);
    const mended = files.read(SUBNET_ENV);
    await site.run(['undo', '--yes']);

    expect(exitCode).toBe(0);
    expect(mended).toEqual(before);
    expect(files.read(SUBNET_ENV)).toEqual({ content: wrong });
  });
});

describe('flannel’s link', () => {
  it('that is down is made anew with all entries, on that node only', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    const [first, , third] = podsOf(simulated);
    simulated.node('node2').kernel.setUp('flannel.1', false);
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode, said } = await site.run(['fix', '--yes']);

    const [stage] = plan.stages;
    expect(plan.stages).toHaveLength(1);
    expect(stage?.remedy).toBe('rebuild-link');
    expect(stage?.steps.map(({ kind }) => kind)).toEqual(['delete-link', 'restart-pod']);
    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
    expect(podsOf(simulated)).toEqual([first, simulated.flannelPod('node2'), third]);
  });

  it('that is gone under an old flanneld comes back by a restart', async () => {
    const simulated = cluster({ flannelVersion: 'v0.26.7' });
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('link-del', 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode, said } = await site.run(['fix', '--yes']);

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['rebuild-link']);
    expect(said).toContain('No finding is left.');
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('that flanneld itself made anew gets its entries, without a restart', async () => {
    const simulated = cluster();
    const healthy = kernelText(simulated, 'node2');
    simulated.fault('link-del', 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode } = await site.run(['fix', '--yes']);

    expect(plan.stages.map(({ remedy }) => remedy)).toEqual(['reprogram-entries']);
    expect(exitCode).toBe(0);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });
});

describe('after ip-forward-0', () => {
  it('nothing is changed, and it is told what to do on that node', async () => {
    const simulated = cluster();
    simulated.fault('ip-forward-0', 'node2');
    const site = await serve(simulated);

    const plan = await site.plan();
    const { exitCode } = await site.run(['fix', '--yes']);

    expect(plan.stages).toEqual([]);
    const told = plan.untreated.find(({ finding }) => finding.check === 'ip-forward-off');
    expect(told?.manual).toMatchObject({
      where: 'as root on node2',
      lines: [
        'sysctl -w net.ipv4.ip_forward=1',
        "echo 'net.ipv4.ip_forward = 1' >> /etc/sysctl.d/90-flannel.conf",
      ],
    });
    expect(exitCode).toBe(1);
  });
});

describe('a link that has to be made anew', () => {
  it('is not left deleted by Ctrl-C: the restart that makes it again still comes', async () => {
    const simulated = cluster({ flannelVersion: 'v0.26.7' });
    const healthy = kernelText(simulated, 'node2');
    const { kernel } = simulated.node('node2');
    kernel.setUp('flannel.1', false);
    const interrupt = new AbortController();
    const site = await serve(simulated);
    const watch = setInterval(() => {
      if (kernel.findLink('flannel.1') === undefined) interrupt.abort(new Interruption(130));
    }, 1);

    const { exitCode, said } = await site.run(['fix', '--yes'], { signal: interrupt.signal });

    clearInterval(watch);
    expect(said).toContain('verified');
    expect(exitCode).toBe(0);
    expect(interrupt.signal.aborted).toBe(true);
    expect(kernelText(simulated, 'node2')).toBe(healthy);
  });

  it('is not deleted when its flannel pod was replaced since the plan', async () => {
    const simulated = cluster({ flannelVersion: 'v0.26.7' });
    const { kernel } = simulated.node('node2');
    kernel.setUp('flannel.1', false);
    const { index } = kernel.link('flannel.1');
    const site = await serve(simulated);
    const ask = (): Promise<string> => {
      simulated.restartFlannel('node2');
      kernel.setUp('flannel.1', false);
      return Promise.resolve('yes');
    };

    const { said } = await site.run(['fix'], { ask });

    expect(said.replace(/\s+/gu, ' ')).toContain('What has to follow cannot be done now');
    expect(kernel.link('flannel.1').index).toBe(index);
  });
});
