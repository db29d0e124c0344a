// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import { withReadiness } from '#simulation/cluster/node-object.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import { checkSimulated, type SimulatedRun } from './simulated-run.ts';

function nodeOf({ store }: SimulatedCluster, name: string): KubernetesObject {
  const node = store.get('nodes', name);
  if (node === undefined) throw new RangeError(`there is no node ${name}`);
  return node;
}

function silence(simulated: SimulatedCluster, name: string): void {
  simulated.store.update('nodes', withReadiness(nodeOf(simulated, name), false, simulated.now()));
}

function cordon(simulated: SimulatedCluster, name: string): void {
  const node = nodeOf(simulated, name);
  const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
  const spec = { ...(node['spec'] as object), unschedulable: true, taints };
  simulated.store.update('nodes', { ...node, spec });
}

/** A Node as its kubelet has just registered it: flannel has not written to it yet. */
function join(simulated: SimulatedCluster, name: string, number: number): void {
  const { status } = nodeOf(simulated, 'node1');
  const podCIDR = `10.244.${String(number)}.0/24`;
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  simulated.store.create('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels, annotations: {} },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status,
  });
}

/** A Node that runs flanneld for Windows: a peer like any other, whose kernel nobody can read. */
function addWindows(simulated: SimulatedCluster, name: string, number: number): void {
  const { metadata, status } = nodeOf(simulated, 'node1');
  const address = `10.213.0.${String(200 + number)}`;
  const podCIDR = `10.244.${String(200 + number)}.0/24`;
  const mac = `00:15:5d:00:00:0${String(number)}`;
  const addresses = [{ type: 'InternalIP', address }];
  simulated.store.create('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/os': 'windows', 'kubernetes.io/arch': 'amd64' },
      creationTimestamp: metadata.creationTimestamp ?? '',
      annotations: {
        ...metadata.annotations,
        'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: 4096, VtepMAC: mac }),
        'flannel.alpha.coreos.com/public-ip': address,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: { ...(status as object), addresses },
  });
}

function reasonsOf({ report }: SimulatedRun, node: string): readonly string[] {
  const reasons = report.verdicts.flatMap(({ verdict, reason, subject }) =>
    subject === `node/${node}` ? [`${verdict}: ${reason ?? ''}`] : [],
  );
  return [...new Set(reasons)].sort();
}

describe('a node that', () => {
  it('is not Ready has one finding, which says so, and its pairs are judged', async () => {
    const simulated = cluster();
    silence(simulated, 'node2');

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['node-not-ready node2 warning']);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });

  it('is cordoned has no finding', async () => {
    const simulated = cluster();
    cordon(simulated, 'node2');

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
  });

  it('has just joined has no finding, and only what leads from it is unknown', async () => {
    const simulated = cluster();
    join(simulated, 'node4', 4);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual([]);
    expect(report.pairs).toEqual({ checked: 9, broken: 0, unknown: 3 });
  });
});

describe('nodes of mixed readiness', () => {
  it('have the findings of those that are not Ready, and no other', async () => {
    const simulated = cluster({ nodes: 5 });
    silence(simulated, 'node2');
    cordon(simulated, 'node3');
    cordon(simulated, 'node4');
    silence(simulated, 'node4');
    join(simulated, 'node6', 6);

    const { report, findings } = await checkSimulated(simulated);

    expect(findings).toEqual(['node-not-ready node2 warning', 'node-not-ready node4 warning']);
    expect(report.pairs).toEqual({ checked: 25, broken: 0, unknown: 5 });
  });
});

describe('Windows nodes', () => {
  it('are skipped with the reason, and are in no pair', async () => {
    const simulated = cluster({ vni: 4096, port: 4789 });
    addWindows(simulated, 'win1', 1);
    addWindows(simulated, 'win2', 2);

    const run = await checkSimulated(simulated);

    expect(run.findings).toEqual([]);
    expect(run.report.pairs).toEqual({ checked: 6, broken: 0, unknown: 0 });
    expect(reasonsOf(run, 'win1')).toEqual([
      'pass: ',
      'skip: No pod in kube-system has the label k8s-app=kube-proxy: it runs in another way, or another program does its work.',
      'skip: The node runs windows; Linux kernel state does not exist there.',
    ]);
    expect(run.report.verdicts.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('are peers whose missing routes are found on Linux nodes', async () => {
    const simulated = cluster({ vni: 4096, port: 4789 });
    addWindows(simulated, 'win1', 1);
    simulated.fault('routes-flush', 'node2');

    const { findings } = await checkSimulated(simulated);

    expect(findings).toEqual([
      'route-missing node2 -> node1 critical',
      'route-missing node2 -> node3 critical',
      'route-missing node2 -> win1 critical',
    ]);
  });
});

describe('1,000 healthy nodes', () => {
  it('have no finding, within 30 s of CPU', { timeout: 120_000 }, async () => {
    const script = fileURLToPath(new URL('../../bench/judge-large.ts', import.meta.url));

    const { stdout } = await promisify(execFile)(process.execPath, [script, '1000', '4']);

    const { pairs, findings, cpuMs } = JSON.parse(stdout) as Record<string, number>;
    expect({ pairs, findings }).toEqual({ pairs: 999_000, findings: 0 });
    expect(cpuMs).toBeLessThan(30_000);
  });
});
