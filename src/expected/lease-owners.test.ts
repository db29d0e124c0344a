// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { type EntrySubject, leaseOwner } from '#expected/lease-owners.ts';
import type { HealthyOptions } from '../../testkit/healthy-node.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';

function ownerOf(subject: EntrySubject, holder: string, options: HealthyOptions = {}) {
  const { nodes, flannel } = healthyCluster(options).build().cluster;
  if (nodes.state === 'absent' || flannel.state === 'absent') throw new Error('not built');
  return leaseOwner(subject, holder, nodes.value, flannel.value);
}

const DUAL: HealthyOptions = { dualStack: true, annotationPrefix: 'example.com/net' };

describe('the owner of an entry', () => {
  it.each<[EntrySubject, HealthyOptions]>([
    [{ podCidr: '10.244.3.0/24' }, {}],
    [{ podCidr: '10.244.3.0/24' }, { backend: 'host-gw' }],
    [{ network: '10.244.3.0' }, {}],
    [{ vtepMac: '02:00:00:00:00:03' }, {}],
    [{ podCidr: 'fd00:244:0:3::/64' }, DUAL],
    [{ network: 'fd00:244:0:3::' }, DUAL],
    [{ vtepMac: '02:00:00:06:00:03' }, DUAL],
  ])('of %j is the node whose lease has it', (subject, options) => {
    expect(ownerOf(subject, 'node1', options)).toBe('node3');
  });

  it.each<EntrySubject>([
    { podCidr: '10.244.99.0/24' },
    { podCidr: '10.244.3.128/25' },
    { network: '10.244.3.1' },
    { vtepMac: '02:00:00:00:00:63' },
  ])('of %j is nobody', (subject) => {
    expect(ownerOf(subject, 'node1')).toBeUndefined();
  });

  it('is not the node that holds it: nobody needs an entry about itself', () => {
    expect(ownerOf({ podCidr: '10.244.3.0/24' }, 'node3')).toBeUndefined();
  });
});
