// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { containerStateText, isOnlyStarting, podStateText } from '#expected/pod-state.ts';
import type { ContainerStatus } from '#model/cluster.ts';
import { flannelPod, runningContainer } from '../../testkit/healthy-facts.ts';

function container(fields: Partial<ContainerStatus>): ContainerStatus {
  return { ...runningContainer('flannel'), ...fields };
}

describe('containerStateText', () => {
  it.each<[string, Partial<ContainerStatus>]>([
    ['flannel running', {}],
    ['flannel running, not ready', { ready: false }],
    ['flannel running, 1 restart', { restartCount: 1 }],
    ['flannel waiting', { state: 'waiting' }],
    ['flannel unknown', { state: 'unknown' }],
    ['flannel ImagePullBackOff', { state: 'waiting', reason: 'ImagePullBackOff' }],
    [
      'flannel CrashLoopBackOff, 3 restarts, last exit code 137 (OOMKilled)',
      {
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        restartCount: 3,
        lastTerminated: { reason: 'OOMKilled', exitCode: 137 },
      },
    ],
    [
      'flannel ended with exit code 0 (Completed)',
      { state: 'terminated', terminated: { reason: 'Completed', exitCode: 0 } },
    ],
    ['flannel terminated', { state: 'terminated' }],
    [`flannel ${'x'.repeat(59)}…`, { state: 'waiting', reason: 'x'.repeat(1000) }],
  ])('says %j', (text, fields) => {
    expect(containerStateText(container(fields))).toBe(text);
  });
});

describe('podStateText', () => {
  it('says of a Ready pod that it is', () => {
    expect(podStateText(flannelPod('node1'))).toBe('kube-flannel-ds-node1 Ready');
  });

  it('names each container that is not ready, and no other', () => {
    const pod = {
      ...flannelPod('node1'),
      containers: [
        container({ name: 'a', ready: false }),
        container({ name: 'b' }),
        container({ name: 'c', ready: false, state: 'waiting' }),
      ],
    };

    expect(podStateText(pod)).toBe('kube-flannel-ds-node1: a running, not ready; c waiting');
  });
});

describe('isOnlyStarting', () => {
  it.each<[boolean, Partial<ContainerStatus>]>([
    [true, {}],
    [true, { state: 'waiting', reason: 'PodInitializing' }],
    [true, { state: 'waiting', reason: 'ContainerCreating' }],
    [true, { state: 'waiting' }],
    [false, { state: 'waiting', reason: 'ErrImagePull' }],
    [false, { state: 'terminated' }],
    [false, { restartCount: 1 }],
    [false, { lastTerminated: { exitCode: 1 } }],
  ])('is %s for %j', (starting, fields) => {
    const pod = { ...flannelPod('node1'), containers: [container(fields)] };

    expect(isOnlyStarting(pod)).toBe(starting);
  });
});
