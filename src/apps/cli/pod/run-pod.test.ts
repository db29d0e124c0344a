// SPDX-License-Identifier: Apache-2.0

import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { PodReport } from '#resources/pod/pod-report.ts';
import { cluster as threeNodes } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import {
  type Ran,
  type ServedCluster,
  serveInEachTest,
} from '../../../../testkit/served-cluster.ts';

const serve = serveInEachTest();
let cluster: SimulatedCluster;
let served: ServedCluster;

beforeEach(async () => {
  cluster = threeNodes();
  served = await serve(cluster);
});

function pod(...flags: readonly string[]): Promise<Ran> {
  return served.run(['pod', ...flags], { env: { COLUMNS: '120' } });
}

function flannelPod(node: string): string {
  return `kube-flannel/${cluster.flannelPod(node) ?? ''}`;
}

interface PodWithEnvironment extends KubernetesObject {
  readonly spec: { readonly containers: { env?: unknown }[] };
}

describe('selvage pod', () => {
  it('finds nothing wrong with a healthy pod on a healthy node', async () => {
    const { exitCode, stdout, stderr } = await pod(flannelPod('node1'));

    expect(stderr.text()).toBe('');
    expect(stdout.text()).toContain('Nothing about the pod itself is wrong.');
    expect(stdout.text()).toMatch(/Node node1: ready, \d+ checks passed/u);
    expect(stdout.text()).toMatch(/uses \d+m cpu, [\d.]+Mi memory/u);
    expect(exitCode).toBe(0);
  });

  it('tells why a container waits, how it ended, and at which limit', async () => {
    cluster.fault('flannel-oom', 'node2');

    const { exitCode, stdout } = await pod(flannelPod('node2'));

    expect(exitCode).toBe(1);
    expect(stdout.text()).toContain('Container kube-flannel waits: CrashLoopBackOff');
    expect(stdout.text()).toMatch(/killed for lack of memory at \S+ \(limit 9Mi\)/u);
    expect(stdout.text()).toContain('BackOff: Back-off restarting failed container');
  });

  it('shows what a check says of the node of a pod that is itself well', async () => {
    cluster.fault('routes-flush', 'node2');

    const { exitCode, stdout } = await pod(flannelPod('node2'));

    expect(stdout.text()).toContain('Nothing about the pod itself is wrong.');
    expect(stdout.text()).toContain('✗ route-missing:');
    expect(exitCode).toBe(1);
  });

  it('shows the log of the run before a restart', async () => {
    cluster.fault('flannel-kill', 'node3');
    cluster.advance(5000);

    const { stdout } = await pod(flannelPod('node3'));

    expect(stdout.text()).toContain('Log of kube-flannel before its last restart');
    expect(stdout.text()).toContain('exit code 137, by SIGKILL');
  });

  it('shows no value of the environment', async () => {
    const { namespace, name } = {
      namespace: 'kube-flannel',
      name: cluster.flannelPod('node1') ?? '',
    };
    const object = structuredClone(cluster.store.list('pods').items).find(
      ({ metadata }) => metadata.name === name,
    ) as PodWithEnvironment;
    for (const container of object.spec.containers)
      container.env = [{ name: 'KEY', value: 'hunter2' }];
    cluster.store.update('pods', object);

    const json = await pod(`${namespace}/${name}`, '-o', 'json');

    expect(json.stdout.text()).not.toContain('hunter2');
    expect(json.stdout.text()).not.toContain('"env"');
  });

  it('says the same as JSON and as YAML, of a pod by its name and -n', async () => {
    const name = cluster.flannelPod('node1') ?? '';
    const json = await pod(name, '-n', 'kube-flannel', '-o', 'json');
    const yaml = await pod(name, '-n', 'kube-flannel', '-o', 'yaml');

    const [first, second] = [
      JSON.parse(json.stdout.text()),
      parse(yaml.stdout.text()),
    ] as PodReport[];
    expect(second?.pod).toEqual(first?.pod);
    expect(first?.schemaVersion).toBe(1);
  });

  it.each([['kube-flannel/nobody'], ['a/b/c'], ['$(id)'], ['../secrets/x']])(
    'ends with 2 for %s',
    async (name) => {
      const { exitCode, stderr } = await pod(name);

      expect(exitCode).toBe(2);
      expect(stderr.text()).not.toBe('');
    },
  );
});
