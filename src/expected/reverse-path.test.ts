// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { strictlyDropped } from '#expected/reverse-path.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import type { Route } from '#model/kernel.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const { cluster, nodes } = healthyFacts({});
const routes: readonly Route[] = nodes['node2']?.routes ?? [];
const plan = vxlanPlan(cluster);

function asymmetric(extra: Partial<Route>): readonly string[] {
  const [first] = routes;
  if (first === undefined) return [];
  const all = [...routes, { ...first, ...extra }];
  return strictlyDropped('node2', plan, all).map(({ peer }) => peer.node);
}

describe('strictlyDropped', () => {
  it('has nobody when all ways back lead through the tunnel', () => {
    expect(strictlyDropped('node2', plan, routes)).toEqual([]);
  });

  it('has a peer whose first address is routed over another link', () => {
    expect(asymmetric({ dst: '10.244.3.0/25', link: 'tun0' })).toEqual(['node3']);
  });

  it('leaves out a wider route', () => {
    expect(asymmetric({ dst: '10.0.0.0/8', link: 'tun0' })).toEqual([]);
  });
});
