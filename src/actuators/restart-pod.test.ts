// SPDX-License-Identifier: Apache-2.0

import { beforeEach, describe, expect, it } from 'vitest';

import type { RestartPodStep } from '#model/plan.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { KubernetesObject } from '#simulation/store.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { connectInEachTest } from '../../testkit/connected-cluster.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator } from './restart-pod.ts';

const connected = connectInEachTest();

let simulated: SimulatedCluster;
let world: ActuatorWorld;

beforeEach(async () => {
  simulated = cluster();
  ({ world } = await connected(simulated));
});

function stepFor(node: string): RestartPodStep {
  const pod = simulated.flannelPod(node) ?? '';
  const uid = simulated.store.get('pods', pod, 'kube-flannel')?.metadata.uid ?? '';
  return {
    kind: 'restart-pod',
    node,
    object: `pod kube-flannel/${pod}`,
    title: 'restart it',
    namespace: 'kube-flannel',
    pod,
    uid,
    readySeconds: 5,
  };
}

/** Takes a pod away from its DaemonSet. */
function orphan(name: string): void {
  const pod = simulated.store.get('pods', name, 'kube-flannel');
  if (pod === undefined) throw new Error('no pod');
  const { ownerReferences: _, ...metadata } = pod.metadata;
  simulated.store.update('pods', { ...pod, metadata });
}

/** The image of a pod is nowhere to be had. */
function starve(pod: KubernetesObject): void {
  const waiting = { reason: 'ImagePullBackOff' };
  const containerStatuses = [{ name: 'kube-flannel', ready: false, state: { waiting } }];
  const conditions = [{ type: 'Ready', status: 'False' }];
  const status = { phase: 'Pending', containerStatuses, conditions };
  simulated.store.update('pods', { ...pod, status });
}

describe('restart-pod', () => {
  it('replaces the pod of that node alone, and waits until the next one is Ready', async () => {
    const step = stepFor('node2');
    const others = ['node1', 'node3'].map((node) => simulated.flannelPod(node));

    const met = await actuator.dryRun(world, step);
    const result = await actuator.apply(world, step);

    expect(met.state).toBe('ready');
    expect(result.outcome).toBe('applied');
    expect(result.undo).toBeUndefined();
    expect(simulated.flannelPod('node2')).not.toBe(step.pod);
    expect(result.after[0]).toContain(simulated.flannelPod('node2'));
    expect(['node1', 'node3'].map((node) => simulated.flannelPod(node))).toEqual(others);
  });

  it('gives up early on a pod whose image cannot be pulled, and says so', async () => {
    const step = { ...stepFor('node2'), readySeconds: 4 };
    const stopped = simulated.store.subscribe((resource, type, object) => {
      if (resource !== 'pods' || type !== 'ADDED' || object.kind !== 'Pod') return;
      starve(object);
    });
    const startedAt = performance.now();

    const result = await actuator.apply(world, step);

    stopped();
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'The new pod does not start: kube-flannel ImagePullBackOff.',
    });
    expect(performance.now() - startedAt).toBeLessThan(3500);
  });

  it('rehearses without deleting', async () => {
    const step = stepFor('node2');

    await actuator.dryRun(world, step);

    expect(simulated.flannelPod('node2')).toBe(step.pod);
  });

  it('is done when the pod was replaced since the plan', async () => {
    const step = stepFor('node2');
    simulated.restartFlannel('node2');
    const successor = simulated.flannelPod('node2');

    const met = await actuator.dryRun(world, step);
    const result = await actuator.apply(world, step);

    expect(met.state).toBe('done');
    expect(result.outcome).toBe('skipped');
    expect(simulated.flannelPod('node2')).toBe(successor);
  });

  it('leaves a pod alone that nothing would make anew', async () => {
    const step = stepFor('node2');
    orphan(step.pod);

    const met = await actuator.dryRun(world, step);

    expect(met).toMatchObject({
      state: 'moved',
      reason: expect.stringContaining('no DaemonSet') as string,
    });
  });

  it.each([
    { pod: '../../secrets' },
    { namespace: 'a/b' },
    { uid: '' },
    { readySeconds: 0 },
    { readySeconds: Number.NaN },
  ])('refuses %j', (odd) => {
    expect(actuator.refuse({ ...stepFor('node2'), ...odd })).toMatch(/\.$/);
  });
});
