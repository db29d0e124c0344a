// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { flannelPodOf } from '#expected/flannel-pod.ts';
import type { PodObject } from '#model/cluster.ts';
import { flannelPod } from '../../testkit/healthy-facts.ts';

function pod(name: string, fields: Partial<PodObject> = {}): PodObject {
  return { ...flannelPod('node1'), name, ...fields };
}

describe('flannelPodOf', () => {
  it('finds the pod of the node among others, with its position', () => {
    const pods = [flannelPod('node2'), flannelPod('node1')];

    expect(flannelPodOf(pods, 'node1')).toEqual({ pod: pods[1], index: 1 });
    expect(flannelPodOf(pods, 'node3')).toBeUndefined();
  });

  it('prefers a pod that goes on to an evicted one, and that to one being deleted', () => {
    const going = pod('going', { deletingSince: '2026-11-24T11:00:00Z' });
    const evicted = pod('evicted', { phase: 'Failed' });
    const running = pod('running');

    expect(flannelPodOf([going, evicted, running], 'node1')?.pod).toBe(running);
    expect(flannelPodOf([going, evicted], 'node1')?.pod).toBe(evicted);
    expect(flannelPodOf([going], 'node1')?.pod).toBe(going);
  });

  it('prefers the newest of equals', () => {
    const older = pod('older', { createdAt: '2026-11-01T00:00:00Z' });
    const newer = pod('newer', { createdAt: '2026-11-02T00:00:00Z' });

    expect(flannelPodOf([older, newer], 'node1')?.pod).toBe(newer);
  });

  it('minds no pod that is on no node yet', () => {
    const { nodeName: _, ...unscheduled } = pod('pending');

    expect(flannelPodOf([unscheduled], 'node1')).toBeUndefined();
  });
});
