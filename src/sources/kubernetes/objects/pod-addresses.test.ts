// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { projectPodAddresses } from '#sources/kubernetes/objects/pod-addresses.ts';

const pod = {
  metadata: { name: 'web-1', namespace: 'shop' },
  spec: { nodeName: 'node1' },
  status: {
    phase: 'Running',
    podIP: '10.244.1.7',
    podIPs: [{ ip: '10.244.1.7' }, { ip: 'fd00:244:0:1:0::7' }],
  },
};

describe('projectPodAddresses', () => {
  it('keeps node and addresses of both families, in one notation, and no name', () => {
    const kept = projectPodAddresses(pod);

    expect(kept).toEqual({ node: 'node1', addresses: ['10.244.1.7', 'fd00:244:0:1::7'] });
  });

  it('takes podIP from a server that knows no podIPs', () => {
    const status = { phase: 'Running', podIP: '10.244.1.7' };

    const kept = projectPodAddresses({ ...pod, status });

    expect(kept).toEqual({ node: 'node1', addresses: ['10.244.1.7'] });
  });

  it.each([
    ['is in the network of its node', { spec: { nodeName: 'node1', hostNetwork: true } }],
    ['is being deleted', { metadata: { deletionTimestamp: '2026-11-24T12:00:00Z' } }],
    ['is done', { status: { ...pod.status, phase: 'Succeeded' } }],
    ['failed', { status: { ...pod.status, phase: 'Failed' } }],
    ['is not scheduled', { spec: {} }],
    ['has no address yet', { status: { phase: 'Pending' } }],
    ['has something else for an address', { status: { phase: 'Running', podIP: '$(reboot)' } }],
  ])('leaves out a pod that %s', (_, fields) => {
    expect(projectPodAddresses({ ...pod, ...fields })).toBeUndefined();
  });

  it('never throws, whatever the server sends', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (metadata, spec, status) => {
        const kept = projectPodAddresses({ metadata, spec, status });

        expect(kept?.addresses).not.toEqual([]);
      }),
    );
  });
});
