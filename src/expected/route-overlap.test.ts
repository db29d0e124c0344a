// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { isOutranked, leadsToPeer, nodeAround } from '#expected/route-overlap.ts';
import { type VxlanFamilyPlan, type VxlanPeer, vxlanPlan } from '#expected/vxlan-plan.ts';
import type { Route } from '#model/kernel.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

function plannedFamily(): VxlanFamilyPlan {
  const [family] = vxlanPlan(healthyFacts({}).cluster).families;
  if (family === undefined) throw new Error('no family');
  return family;
}

describe('nodeAround', () => {
  it.each(['10.244.3.128/25', '10.244.3.7/32'])('finds the node that %s lies in', (dst) => {
    expect(nodeAround(plannedFamily(), dst)?.node).toBe('node3');
  });

  it.each(['10.244.3.0/24', '10.244.0.0/16', '10.244.99.0/25', 'fd00::/64', 'default'])(
    'finds none for %s',
    (dst) => {
      expect(nodeAround(plannedFamily(), dst)).toBeUndefined();
    },
  );
});

const route = (fields: Partial<Route>): Route => ({
  family: 4,
  dst: '10.244.2.0/24',
  link: 'flannel.1',
  type: 'unicast',
  protocol: 'boot',
  scope: 'global',
  metric: 100,
  onlink: true,
  ...fields,
});

describe('isOutranked', () => {
  it('is true where another route to the destination has a lower metric', () => {
    expect(isOutranked([route({ metric: 0 })], route({}))).toBe(true);
  });

  it.each([
    ['an equal metric', { link: 'cni0' }],
    ['a higher metric', { metric: 1024 }],
    ['another destination', { dst: '10.244.3.0/24', metric: 0 }],
  ])('is false beside one with %s', (_, fields) => {
    expect(isOutranked([route(fields)], route({}))).toBe(false);
  });
});

function node3(): VxlanPeer {
  const peer = plannedFamily().byPodCidr.get('10.244.3.0/24');
  if (peer === undefined) throw new Error('no such peer');
  return peer;
}

describe('leadsToPeer', () => {
  it.each([
    ['through the link of flannel', { gateway: '10.244.3.0' }, true],
    ['past the tunnel', { gateway: '192.0.2.3', link: 'eth0' }, true],
    [
      'by the next hop of the tunnel on another link',
      { gateway: '10.244.3.0', link: 'wg0' },
      false,
    ],
    ['to another node', { gateway: '10.244.1.0' }, false],
    ['to whoever answers on the link', {}, false],
    ['nowhere', { gateway: '192.0.2.3', type: 'unreachable' }, false],
  ])('judges a route %s', (_, fields, leads) => {
    expect(leadsToPeer(route(fields), node3())).toBe(leads);
  });
});
