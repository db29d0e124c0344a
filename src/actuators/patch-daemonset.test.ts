// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ContainerResources } from '#model/cluster.ts';
import type { PatchDaemonSetStep } from '#model/plan.ts';
import type { KubernetesConnection } from '#sources/kubernetes/connection.ts';
import type { ActuatorWorld } from './define-actuator.ts';
import { actuator } from './patch-daemonset.ts';

const STEP: PatchDaemonSetStep = {
  kind: 'patch-daemonset',
  object: 'daemonset kube-flannel/kube-flannel-ds',
  title: 'set them',
  notes: ['Owner: nobody'],
  namespace: 'kube-flannel',
  name: 'kube-flannel-ds',
  container: 'kube-flannel',
  before: { requests: { cpu: '100m', memory: '50Mi' }, limits: {} },
  after: { requests: { cpu: '100m', memory: '50Mi' }, limits: { memory: '256Mi' } },
  podSeconds: 120,
};

interface Cluster {
  readonly template: ContainerResources;
  /** Resources of the pod of each node, all of them ready. */
  readonly pods: readonly ContainerResources[];
}

function world({ template, pods }: Cluster): ActuatorWorld {
  const containers = (resources: ContainerResources) => [{ name: STEP.container, resources }];
  const connection: Pick<KubernetesConnection, 'get' | 'list'> = {
    get: () =>
      Promise.resolve({
        metadata: { uid: 'set', resourceVersion: '7', generation: 2 },
        spec: {
          selector: { matchLabels: { app: 'flannel' } },
          updateStrategy: { type: 'RollingUpdate' },
          template: { spec: { containers: containers(template) } },
        },
        status: { observedGeneration: 2, desiredNumberScheduled: pods.length },
      }),
    list: (_, read) =>
      Promise.resolve(
        pods.flatMap((resources, index) => {
          const item = read({
            metadata: { ownerReferences: [{ uid: 'set' }] },
            spec: { nodeName: `node${String(index)}`, containers: containers(resources) },
            status: { conditions: [{ type: 'Ready', status: 'True' }] },
          });
          return item === undefined ? [] : [item];
        }),
      ),
  };
  return {
    // Only get and list are called.
    connection: connection as KubernetesConnection,
    container: () => Promise.reject(new Error('no container is entered')),
    signal: new AbortController().signal,
  };
}

describe('a look after a run that was killed', () => {
  it('says how many pods carry what the template holds', async () => {
    const pods = [STEP.after, STEP.before, STEP.before];

    const look = await actuator.dryRun(world({ template: STEP.after, pods }), STEP);

    expect(look.state).toBe('done');
    expect(look.reason).toMatch(
      /^The template holds it, but only 1 of 3 pods are ready with it yet \(open: .*\)\.$/u,
    );
  });

  it('has nothing to add when every pod carries it', async () => {
    const pods = [STEP.after, STEP.after];

    const look = await actuator.dryRun(world({ template: STEP.after, pods }), STEP);

    expect(look.state).toBe('done');
    expect(look.reason).toBeUndefined();
  });
});

describe('the grammar', () => {
  it('takes a step as the remedy makes it, and its undo', () => {
    const undo = actuator.undoOf(STEP);

    expect(actuator.refuse(STEP)).toBeUndefined();
    expect(undo && actuator.refuse(undo as PatchDaemonSetStep)).toBeUndefined();
  });

  it.each<[string, Partial<PatchDaemonSetStep>, RegExp]>([
    ['a name with a path', { name: '../../secrets/x' }, /no name of a Kubernetes object/],
    ['a namespace that is empty', { namespace: '' }, /no name of a Kubernetes object/],
    ['a container with a space', { container: 'a b' }, /no name of a Kubernetes object/],
    ['a wait without an end', { podSeconds: Number.POSITIVE_INFINITY }, /from 1 to 3600/],
    ['a wait that is no number', { podSeconds: Number.NaN }, /from 1 to 3600/],
    [
      'a limit that is no quantity',
      { after: { requests: {}, limits: { memory: '2 GB' } } },
      /no quantity of memory/,
    ],
    [
      'a resource that is no name',
      { after: { requests: { 'a b': '1' }, limits: {} } },
      /no name of a resource/,
    ],
    [
      'a request above its limit',
      { after: { requests: { memory: '1Gi' }, limits: { memory: '1000Mi' } } },
      /above its limit/,
    ],
  ])('refuses %s', (_name, change, reason) => {
    expect(actuator.refuse({ ...STEP, ...change })).toMatch(reason);
  });

  it('lets no value through that is not a name or a quantity', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const refused = actuator.refuse({
          ...STEP,
          after: { requests: {}, limits: { memory: text } },
        });

        expect(refused !== undefined || /^[0-9.]+[a-zA-Z0-9+-]*$/.test(text)).toBe(true);
      }),
    );
  });
});

describe('the undo', () => {
  it('is the same step with both exchanged, without the notes', () => {
    const undo = actuator.undoOf(STEP);

    expect(undo).toMatchObject({ before: STEP.after, after: STEP.before });
    expect(undo).not.toHaveProperty('notes');
  });

  it('leads back to where it began when it is undone in turn', () => {
    const undo = actuator.undoOf(STEP) as PatchDaemonSetStep;

    expect(actuator.undoOf(undo)).toMatchObject({ before: STEP.before, after: STEP.after });
  });
});
