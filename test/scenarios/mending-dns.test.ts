// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

/** The spec of CoreDNS's Deployment; the API server leaves out a map that is empty. */
function specOf({ store }: SimulatedCluster): unknown {
  const spec = store.get('deployments.apps', 'coredns', 'kube-system')?.['spec'];
  return JSON.parse(JSON.stringify(spec).replace(/,?"annotations":\{\}/, ''));
}

function replicasOf(simulated: SimulatedCluster): number {
  return (specOf(simulated) as { readonly replicas: number }).replicas;
}

/** An Event is kept for an hour. */
function forgetEvents({ store }: SimulatedCluster): void {
  for (const { metadata } of store.list('events').items) {
    store.delete('events', metadata.name, metadata.namespace);
  }
}

function leaveManifest({ store }: SimulatedCluster, replicas: number): void {
  const deployment = store.get('deployments.apps', 'coredns', 'kube-system');
  if (deployment === undefined) throw new Error('no Deployment');
  const key = 'kubectl.kubernetes.io/last-applied-configuration';
  const annotations = { [key]: JSON.stringify({ spec: { replicas } }) };
  const metadata = { ...deployment.metadata, annotations };
  store.update('deployments.apps', { ...deployment, metadata });
}

/** Every pod of CoreDNS runs and is not ready. */
function hang(simulated: SimulatedCluster): void {
  const { store } = simulated;
  const slices = 'endpointslices.discovery.k8s.io';
  for (const pod of store.list('pods').items) {
    if (!pod.metadata.name.startsWith('coredns-')) continue;
    const status = pod['status'] as { readonly containerStatuses: readonly object[] };
    const containerStatuses = status.containerStatuses.map((each) => ({ ...each, ready: false }));
    const conditions = [{ type: 'Ready', status: 'False' }];
    store.update('pods', { ...pod, status: { ...status, containerStatuses, conditions } });
  }
  const slice = store.get(slices, 'kube-dns-x7k2p', 'kube-system');
  if (slice === undefined) throw new Error('no EndpointSlice');
  const endpoints = (slice['endpoints'] as readonly object[]).map((each) => ({
    ...each,
    conditions: { ready: false, serving: false, terminating: false },
  }));
  store.update(slices, { ...slice, endpoints });
}

describe('CoreDNS that was scaled to nothing', () => {
  it('is scaled to what an Event says there was, and the DNS answers', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    const served = await serve(simulated);

    const { exitCode, said } = await served.run(['fix', '--yes']);

    expect(said).toContain('scale deployment kube-system/coredns from 0 to 2 replicas');
    expect(said).toContain('an Event says that it was scaled from 2 to 0');
    expect(said).toContain('the DNS answers 3 of 3 nodes');
    expect(exitCode).toBe(0);
    expect(replicasOf(simulated)).toBe(2);
  });

  it('is mended where nothing that works may be disturbed', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    const served = await serve(simulated);

    const { exitCode } = await served.run(['fix', '--max-risk', 'none', '--yes']);

    expect(exitCode).toBe(0);
  });

  it('is brought back to nothing by undo, with the spec as it was', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    const broken = specOf(simulated);
    const served = await serve(simulated);
    await served.run(['fix', '--yes']);

    const { exitCode } = await served.run(['undo', '--yes']);

    expect(exitCode).toBe(0);
    expect(specOf(simulated)).toEqual(broken);
  });

  it('is scaled to what the manifest asks for once the Event is gone', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    forgetEvents(simulated);
    leaveManifest(simulated, 3);
    const served = await serve(simulated);

    const { exitCode, said } = await served.run(['fix', '--yes']);

    expect(said).toContain('the manifest that kubectl applied says so');
    expect(exitCode).toBe(0);
    expect(replicasOf(simulated)).toBe(3);
  });

  it('is left to a person when nothing tells how many there were', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    forgetEvents(simulated);
    const served = await serve(simulated);

    const { exitCode, said } = await served.run(['fix', '--yes']);

    expect(said).toContain('the number that was there is not known');
    expect(exitCode).toBe(1);
    expect(replicasOf(simulated)).toBe(0);
  });

  it('is left alone when somebody scaled it since the plan', async () => {
    const simulated = cluster();
    simulated.fault('coredns-down', 'node1');
    const served = await serve(simulated);

    const { said } = await served.run(['fix'], {
      ask: () => {
        const deployment = simulated.store.get('deployments.apps', 'coredns', 'kube-system');
        if (deployment === undefined) throw new Error('no Deployment');
        const spec = { ...(deployment['spec'] as object), replicas: 1 };
        simulated.store.update('deployments.apps', { ...deployment, spec });
        return Promise.resolve('yes');
      },
    });

    expect(said).toContain('It changed since the plan: now replicas 1.');
    expect(replicasOf(simulated)).toBe(1);
  });
});

describe('CoreDNS whose pods run and are not ready', () => {
  it('is restarted, and undo takes the mark of the restart away', async () => {
    const simulated = cluster();
    const before = specOf(simulated);
    hang(simulated);
    const served = await serve(simulated);

    const fixed = await served.run(['fix', '--yes']);
    const between = JSON.stringify(specOf(simulated));
    const undone = await served.run(['undo', '--yes']);

    expect(fixed.said).toContain('restart deployment kube-system/coredns');
    expect(fixed.said).toContain('the DNS answers 3 of 3 nodes');
    expect(fixed.exitCode).toBe(0);
    expect(between).toContain('kubectl.kubernetes.io/restartedAt');
    expect(undone.exitCode).toBe(0);
    expect(specOf(simulated)).toEqual(before);
  });
});

/** The nodes that CoreDNS runs on. */
function hostsOf({ store }: SimulatedCluster): readonly string[] {
  return store
    .list('pods')
    .items.filter(({ metadata }) => metadata.name.startsWith('coredns-'))
    .map((pod) => (pod['spec'] as { readonly nodeName: string }).nodeName)
    .sort();
}

describe('CoreDNS of which all pods are on one node', () => {
  function together(): SimulatedCluster {
    return cluster({ nodes: 5, coreDnsOn: ['node2', 'node2'] });
  }

  it('is left alone unless the risk is allowed', async () => {
    const simulated = together();
    const served = await serve(simulated);

    const plan = await served.plan();

    expect(plan.stages).toEqual([]);
    expect(plan.untreated).toMatchObject([{ needsRisk: 'cluster' }]);
  });

  it('is spread by a constraint of ours, which undo takes away again', async () => {
    const simulated = together();
    const before = specOf(simulated);
    const served = await serve(simulated);

    const fixed = await served.run(['fix', '--max-risk', 'cluster', '--yes']);
    const between = JSON.stringify(specOf(simulated));
    const hosts = hostsOf(simulated);
    const undone = await served.run(['undo', '--yes']);

    expect(fixed.said).toContain('verified: 1 finding gone');
    expect(fixed.exitCode).toBe(0);
    expect(between).toContain('"whenUnsatisfiable":"ScheduleAnyway"');
    expect(new Set(hosts).size).toBe(2);
    expect(undone.exitCode).toBe(0);
    expect(specOf(simulated)).toEqual(before);
  });

  it('is written as our own field manager, by server-side apply', async () => {
    const simulated = together();
    const served = await serve(simulated);

    await served.run(['fix', '--max-risk', 'cluster', '--yes']);

    const deployment = simulated.store.get('deployments.apps', 'coredns', 'kube-system');
    expect(deployment?.metadata['managedFields']).toContainEqual(
      expect.objectContaining({ manager: 'selvage', operation: 'Apply' }),
    );
  });
});
