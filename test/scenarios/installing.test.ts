// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { serveInEachTest } from '../../testkit/served-cluster.ts';

const serve = serveInEachTest();

function deploymentOf({ store }: SimulatedCluster): unknown {
  return store.get('deployments.apps', 'metrics-server', 'kube-system');
}

function apiServiceOf({ store }: SimulatedCluster): unknown {
  return store.get('apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io');
}

describe('install metrics-server', () => {
  it('creates its objects, sees a metric, and undo deletes them', async () => {
    const simulated = cluster();
    const served = await serve(simulated, { metrics: 'served' });

    const installed = await served.run(['install', 'metrics-server', '--yes']);
    const between = [deploymentOf(simulated), apiServiceOf(simulated)];
    const undone = await served.run(['undo', '--yes']);

    expect(installed.said).toContain('9 changes made');
    expect(installed.exitCode).toBe(0);
    expect(between).not.toContain(undefined);
    expect(undone.exitCode).toBe(0);
    expect([deploymentOf(simulated), apiServiceOf(simulated)]).toEqual([undefined, undefined]);
  });

  it('takes all back when nothing is measured in time', async () => {
    const simulated = cluster();
    const served = await serve(simulated, { metrics: 'absent' });

    const ran = await served.run(['install', 'metrics-server', '--wait', '1s', '--yes']);

    expect(ran.said).toContain('nothing is measured yet');
    expect(ran.exitCode).toBe(1);
    expect(deploymentOf(simulated)).toBeUndefined();
  });

  it('leaves alone what somebody else has installed', async () => {
    const simulated = cluster();
    simulated.store.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'metrics-server', namespace: 'kube-system' },
      spec: { replicas: 1 },
    });
    const served = await serve(simulated, { metrics: 'served' });

    const ran = await served.run(['install', 'metrics-server', '--yes']);

    expect(ran.said).toContain('somebody else has installed one');
    expect(ran.exitCode).toBe(3);
    expect(apiServiceOf(simulated)).toBeUndefined();
  });

  it('says how kubelets are trusted, and changes nothing without consent', async () => {
    const simulated = cluster();
    const served = await serve(simulated, { metrics: 'served' });

    const safe = await served.run(['install', 'metrics-server']);
    const loose = await served.run(['install', 'metrics-server', '--kubelet-insecure-tls']);

    expect(safe.said).toContain('certificates of the cluster CA');
    expect(loose.said).toContain('Kubelets are not verified');
    expect(deploymentOf(simulated)).toBeUndefined();
  });
});
