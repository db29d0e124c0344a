// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { isOutranked, nodeAround } from '#expected/route-overlap.ts';
import { type VxlanFamilyPlan, vxlanPlan } from '#expected/vxlan-plan.ts';
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

describe('isOutranked', () => {
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
