// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runCheck } from '#apps/cli/check/run-check.ts';
import { runCommandLine } from '#apps/cli/command-line.ts';
import type { CollectOptions } from '#collectors/collect-snapshot.ts';
import { judge } from '#engine/judge.ts';
import { readCluster } from '#engine/read-cluster.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Report } from '#report/report.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import type { ClusterOptions } from '#simulation/cluster/cluster-options.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { capturedIo } from '../../testkit/captured-io.ts';

const NAMESPACE = 'kube-flannel';
const DEBUG_PODS = { debugPods: { image: 'example.org/tools:1' } };
const SERVER = ['server', '--cluster-cidr', '10.244.0.0/16'];

let folder: string;
let simulated: SimulatedCluster;
let simulation: Simulation;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'selvage-k3s-'));
});

afterEach(async () => {
  await simulation.close();
  await rm(folder, { recursive: true });
});

/** Serves a cluster whose flannel runs in k3s: no DaemonSet, no pod and no ConfigMap of it. */
async function serve(
  options: ClusterOptions = {},
  server: readonly string[] = SERVER,
): Promise<void> {
  simulated = cluster(options);
  const { store } = simulated;
  store.delete('daemonsets.apps', 'kube-flannel-ds', NAMESPACE);
  store.delete('configmaps', 'kube-flannel-cfg', NAMESPACE);
  for (const [index, name] of simulated.nodeNames.entries()) {
    const pod = simulated.flannelPod(name);
    if (pod !== undefined) store.delete('pods', pod, NAMESPACE);
    asNodeOfK3s(name, index === 0 ? server : ['agent']);
  }
  simulation = await startSimulation(simulated);
  await writeFile(kubeconfig(), simulation.kubeconfig, { mode: 0o600 });
}

function asNodeOfK3s(name: string, args: readonly string[]): void {
  const node = simulated.store.get('nodes', name);
  if (node === undefined) throw new Error(`no node ${name}`);
  const { nodeInfo, ...status } = node['status'] as { readonly nodeInfo: object };
  simulated.store.update('nodes', {
    ...node,
    metadata: {
      ...node.metadata,
      annotations: { ...node.metadata.annotations, 'k3s.io/node-args': JSON.stringify(args) },
    },
    status: { ...status, nodeInfo: { ...nodeInfo, kubeletVersion: 'v1.34.0+k3s1' } },
  });
}

function kubeconfig(): string {
  return join(folder, 'config');
}

function read(options: CollectOptions = DEBUG_PODS): Promise<Snapshot> {
  return readCluster({ kubeconfig: kubeconfig(), env: {} }, options);
}

function judged(snapshot: Snapshot): Report {
  return judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' });
}

describe('k3s', () => {
  it('without leave is named, nothing is found, and not enough is known', async () => {
    await serve();
    const io = capturedIo();

    const exitCode = await runCheck({ output: 'table', failOn: 'warning', color: true }, io, {
      collect: () => read({}),
    });

    expect(exitCode).toBe(3);
    expect(io.stdout.text()).toContain('Flannel runs inside k3s');
    expect(io.stdout.text()).toContain('--allow-debug-pods');
  });

  it('has no pod of flannel that could be restarted by a schedule, whatever was measured', async () => {
    await serve();
    const io = capturedIo({ env: { KUBECONFIG: kubeconfig(), HOME: folder } });

    const exitCode = await runCommandLine(['install', 'scheduled-restart', '--yes'], io);

    expect(exitCode).toBe(2);
    expect(io.stderr.text()).toContain('Flannel runs inside another program here');
  });

  it('without leave has no finding and no pair', async () => {
    await serve();

    const snapshot = await read({});

    const report = judged(snapshot);
    expect(report).toMatchObject({ findings: [], pairs: { checked: 0, unknown: 6 } });
    expect(report.verdicts.find(({ check }) => check === 'net-conf-drift')).toMatchObject({
      verdict: 'skip',
    });
    expect(snapshot.cluster.netConf).toMatchObject({ origin: 'node annotations (k3s)' });
  });

  it.each<[string, ClusterOptions]>([
    ['vxlan', {}],
    ['both address families', { dualStack: true }],
    ['host-gw', { backend: 'host-gw' }],
  ])('read by debug pods is healthy: %s', async (_name, options) => {
    const cidr = options.dualStack === true ? '10.244.0.0/16,fd00:244::/48' : '10.244.0.0/16';
    await serve(options, ['server', '--cluster-cidr', cidr]);

    const report = judged(await read());

    expect(report).toMatchObject({
      findings: [],
      cluster: { flannel: { kind: 'embedded' } },
      pairs: { checked: 6, broken: 0, unknown: 0 },
    });
  });

  it('a lost route is found, and nothing else', async () => {
    await serve();
    simulated.fault('route-del', 'node1', 'node2');

    const { findings } = judged(await read());

    expect(
      findings.map(({ check, node, peer }) => `${check} ${String(node)} ${String(peer)}`),
    ).toEqual(['route-missing node1 node2']);
  });

  it('no secret of its arguments is kept', async () => {
    await serve({}, [...SERVER, '--cluster-secret', 'planted-secret', '--node-label', 'planted=1']);

    const snapshot = await read({});

    expect(JSON.stringify(snapshot)).not.toContain('planted');
  });

  it('with a file of its own is not judged by what k3s would have written', async () => {
    await serve({}, [...SERVER, '--flannel-conf', '/etc/flannel.json']);

    const snapshot = await read();

    expect(snapshot.cluster.netConf).toMatchObject({ state: 'absent', reason: 'unsupported' });
    expect(judged(snapshot)).toMatchObject({ findings: [], pairs: { unknown: 6 } });
  });
});
