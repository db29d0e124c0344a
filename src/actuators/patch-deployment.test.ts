// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PatchDeploymentStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { waitForDeployment } from './deployment-rollout.ts';
import { actuator } from './patch-deployment.ts';

const STEP: PatchDeploymentStep = {
  kind: 'patch-deployment',
  object: 'deployment kube-system/coredns',
  title: 'scale it',
  namespace: 'kube-system',
  name: 'coredns',
  uid: 'd',
  change: { field: 'replicas', before: 0, after: 2 },
  readySeconds: 1,
};

interface Live {
  readonly uid?: string;
  readonly labels?: object;
  readonly replicas?: number;
  readonly ready?: number;
}

/** A Deployment whose pods wait for their image. */
function world({ uid = 'd', labels, replicas = 0, ready = 0 }: Live): ActuatorWorld {
  const templateLabels = labels ?? { 'k8s-app': 'kube-dns' };
  const connection: Pick<KubernetesConnection, 'get' | 'list'> = {
    get: () =>
      Promise.resolve({
        metadata: { uid, resourceVersion: '7', generation: 2 },
        spec: {
          replicas,
          selector: { matchLabels: templateLabels },
          template: { metadata: { labels: templateLabels } },
        },
        status: {
          observedGeneration: 2,
          replicas,
          updatedReplicas: replicas,
          readyReplicas: ready,
        },
      }),
    list: (_, read) => {
      const containerStatuses = [{ state: { waiting: { reason: 'ImagePullBackOff' } } }];
      const item = read({ status: { containerStatuses } });
      return Promise.resolve(item === undefined ? [] : [item]);
    },
  };
  return {
    // Only get and list are called.
    connection: connection as KubernetesConnection,
    container: () => Promise.reject(new Error('no container is entered')),
    signal: new AbortController().signal,
  };
}

describe('what is refused', () => {
  it.each<[string, Partial<PatchDeploymentStep>]>([
    ['another namespace', { namespace: 'default' }],
    ['a name that is none', { name: '../../secrets/x' }],
    ['a UID that is none', { uid: 'a b' }],
    ['too many replicas', { change: { field: 'replicas', before: 0, after: 101 } }],
    ['half a replica', { change: { field: 'replicas', before: 0, after: 0.5 } }],
    ['a mark that is no instant', { change: { field: 'restartedAt', before: null, after: 'now' } }],
    ['an endless wait', { readySeconds: 601 }],
  ])('%s', (_, change) => {
    expect(actuator.refuse({ ...STEP, ...change })).toBeDefined();
  });

  it('is every field but those that it writes, as a plan that was edited may name one', () => {
    fc.assert(
      fc.property(fc.string(), (field) => {
        fc.pre(!['replicas', 'restartedAt', 'spread'].includes(field));
        const change = { ...STEP.change };
        Object.assign(change, { field });
        expect(actuator.refuse({ ...STEP, change })).toContain('does not write');
      }),
    );
  });

  it('is neither scaling nor a restart', () => {
    const change = { field: 'restartedAt', before: null, after: '2026-12-01T00:00:00Z' } as const;

    expect(actuator.refuse(STEP)).toBeUndefined();
    expect(actuator.refuse({ ...STEP, change })).toBeUndefined();
  });
});

describe('what is met', () => {
  it.each([
    [
      'another object of that name',
      { uid: 'other' },
      { state: 'moved', reason: 'it is gone, or another one by now' },
    ],
    [
      'pods of something else',
      { labels: { app: 'web' } },
      { state: 'moved', reason: "its pods are not those of the cluster's DNS" },
    ],
    ['what was to be written', { replicas: 2 }, { state: 'done', now: ['replicas 2'] }],
    ['what somebody else wrote', { replicas: 1 }, { state: 'moved', now: ['replicas 1'] }],
  ])('%s', async (_, live, expected) => {
    const look = await actuator.dryRun(world(live), STEP);

    expect(look).toMatchObject(expected);
  });
});

describe('the way back', () => {
  it('writes the value from before, and back again', () => {
    const back = actuator.undoOf({ ...STEP, notes: ['told once'] });

    expect(back).toMatchObject({ change: { field: 'replicas', before: 2, after: 0 } });
    expect(back).not.toHaveProperty('notes');
  });
});

describe('the wait for pods', () => {
  it('says why containers wait when none is ready in time', async () => {
    const rollout = await waitForDeployment(world({ replicas: 2 }), STEP);

    expect(rollout).toEqual({
      ready: false,
      detail: 'After 1 s 0 of 2 pods are ready, waiting: ImagePullBackOff.',
    });
  });

  it('is content with one that is ready: the DNS answers by it', async () => {
    const rollout = await waitForDeployment(world({ replicas: 2, ready: 1 }), STEP);

    expect(rollout.ready).toBe(true);
  });

  it('ends at once when all are ready', async () => {
    const rollout = await waitForDeployment(world({ replicas: 2, ready: 2 }), STEP);

    expect(rollout).toEqual({ ready: true, detail: '2 of 2 pods are ready.' });
  });
});
