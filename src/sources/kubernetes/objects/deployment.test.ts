// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  projectDeployment,
  projectReplicaSet,
  projectScalingEvent,
} from '#sources/kubernetes/objects/deployment.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function deployment(
  changes: { annotations?: object; spec?: object; podSpec?: object } = {},
): object {
  return {
    metadata: {
      name: 'coredns',
      namespace: 'kube-system',
      uid: 'u',
      annotations: changes.annotations ?? {},
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      template: {
        metadata: { labels: { 'k8s-app': 'kube-dns' } },
        spec: { containers: [], ...changes.podSpec },
      },
      ...changes.spec,
    },
  };
}

function event(message: string): unknown {
  const involvedObject = { kind: 'Deployment', uid: 'u' };
  return { involvedObject, reason: 'ScalingReplicaSet', message, lastTimestamp: 't' };
}

describe('projectDeployment', () => {
  it('takes one replica where the object says nothing, as the API server does', () => {
    expect(projectDeployment(deployment({ spec: { replicas: undefined } }))?.replicas).toBe(1);
  });

  it.each([
    ['{"spec":{"replicas":3}}', 3],
    ['{"spec":{}}', undefined],
    ['{"spec":{"replicas":"3"}}', undefined],
    ['no JSON', undefined],
    ['null', undefined],
  ])("reads replicas of kubectl's copy %j as %s", (text, count) => {
    const projected = projectDeployment(deployment({ annotations: { [LAST_APPLIED]: text } }));

    expect(projected?.appliedReplicas).toBe(count);
  });

  it.each([
    ['nothing', {}, false],
    ['a constraint per zone', { topologySpreadConstraints: [{ topologyKey: 'zone' }] }, false],
    [
      'a constraint per node',
      { topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }] },
      true,
    ],
    [
      'anti-affinity that is preferred',
      {
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } },
            ],
          },
        },
      },
      true,
    ],
    [
      'anti-affinity that is required',
      {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname' },
            ],
          },
        },
      },
      true,
    ],
  ])('tells by %s whether its pods are spread: %j is %s', (_, podSpec, isSpread) => {
    expect(projectDeployment(deployment({ podSpec }))?.isSpread).toBe(isSpread);
  });

  it('takes anything without a throw', () => {
    fc.assert(
      fc.property(fc.anything(), (item) => {
        projectDeployment(item);
        projectReplicaSet(item);
        projectScalingEvent(item);
      }),
    );
  });
});

describe('projectReplicaSet', () => {
  it('keeps revision and wanted replicas of one that a Deployment owns', () => {
    const annotations = {
      'deployment.kubernetes.io/revision': '7',
      'deployment.kubernetes.io/desired-replicas': '2',
    };
    const ownerReferences = [{ uid: 'd', controller: true }];
    const metadata = { name: 'coredns-a', annotations, ownerReferences };

    expect(projectReplicaSet({ metadata })).toEqual({
      name: 'coredns-a',
      owner: 'd',
      revision: 7,
      desired: 2,
    });
    expect(projectReplicaSet({ metadata: { ...metadata, ownerReferences: [] } })).toBeUndefined();
  });
});

describe('projectScalingEvent', () => {
  it.each([
    ['Scaled down replica set coredns-578d4f8ffc from 2 to 0', 2, 0],
    ['Scaled down replica set coredns-578d4f8ffc to 0 from 2', 2, 0],
    ['Scaled up replica set coredns-578d4f8ffc from 0 to 3', 0, 3],
  ])('reads %j', (message, from, to) => {
    expect(projectScalingEvent(event(message))).toMatchObject({
      deployment: 'u',
      replicaSet: 'coredns-578d4f8ffc',
      from,
      to,
    });
  });

  it.each([
    'Scaled down replica set coredns-578d4f8ffc to 0',
    'Scaled down replica set coredns from 2 to 0; reboot',
    'Scaled down replica set $(reboot) from 2 to 0',
  ])('reads nothing in %j', (message) => {
    expect(projectScalingEvent(event(message))).toBeUndefined();
  });
});
