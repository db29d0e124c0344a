// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';
import type { PodObject } from '#model/cluster.ts';
import { chooseFlannelPod } from '#sources/node-access/exec/choose-pod.ts';

function pod(name: string, overrides: Partial<PodObject> = {}): PodObject {
  return {
    namespace: 'kube-flannel',
    name,
    uid: name,
    nodeName: 'n1',
    phase: 'Running',
    ready: true,
    createdAt: '',
    podIPs: [],
    containers: [{ name: 'kube-flannel', ready: true, restartCount: 0, state: 'running' }],
    ...overrides,
  };
}

const WAITING = { name: 'kube-flannel', ready: false, restartCount: 1, state: 'waiting' } as const;

describe('chooseFlannelPod', () => {
  it('takes a ready pod of the node before others', () => {
    const pods = [pod('a', { ready: false }), pod('b'), pod('c', { nodeName: 'n2' })];

    expect(chooseFlannelPod(pods, 'n1', 'kube-flannel').name).toBe('b');
  });

  it('takes a pod that is running and not ready', () => {
    expect(chooseFlannelPod([pod('a', { ready: false })], 'n1', 'kube-flannel').name).toBe('a');
  });

  it.each([
    ['no flannel pod runs there', []],
    ['is being deleted', [pod('a', { deletingSince: '2026-01-01T00:00:00Z' })]],
    [
      'is CrashLoopBackOff',
      [pod('a', { containers: [{ ...WAITING, reason: 'CrashLoopBackOff' }] })],
    ],
    [
      'is Pending',
      [pod('a', { phase: 'Pending', containers: [{ ...WAITING, state: 'unknown' }] })],
    ],
    ['is waiting', [pod('a', { containers: [WAITING] })]],
  ])('says why there is none: %s', (words, pods) => {
    expect(() => chooseFlannelPod(pods, 'n1', 'kube-flannel')).toThrow(words);
  });
});
