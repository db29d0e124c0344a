// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { routePlan } from '#expected/route-plan.ts';
import { compareRoutes } from '#expected/vxlan-entries.ts';
import type { Route } from '#model/kernel.ts';
import { healthyFacts } from '../../testkit/healthy-facts.ts';

const CASES = fc.record({
  nodes: fc.integer({ min: 1, max: 40 }),
  dualStack: fc.boolean(),
  underlayMtu: fc.constantFrom(1400, 1500, 9000),
});

function isPeerRoute(route: Route): boolean {
  return route.protocol === 'boot';
}

describe('compareRoutes with host-gw', () => {
  it('finds nothing on any node of a healthy cluster', () => {
    fc.assert(
      fc.property(CASES, (options) => {
        const { cluster, nodes } = healthyFacts({ ...options, backend: 'host-gw' });
        const plan = routePlan(cluster);

        for (const [name, { routes }] of Object.entries(nodes)) {
          const found = compareRoutes(name, plan, routes);

          expect(found).toEqual({ missing: [], wrong: [], stale: [] });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('finds exactly the routes that are taken away, whichever they are', () => {
    fc.assert(
      fc.property(CASES, fc.infiniteStream(fc.boolean()), (options, keep) => {
        const { cluster, nodes } = healthyFacts({ ...options, backend: 'host-gw' });
        const routes = nodes['node1']?.routes ?? [];
        const kept = routes.filter((route) => !isPeerRoute(route) || keep.next().value === true);

        const { missing, wrong, stale } = compareRoutes('node1', routePlan(cluster), kept);

        const gone = routes.filter((route) => !kept.includes(route)).map(({ dst }) => dst);
        expect(missing.map(({ podCidr }) => podCidr).sort()).toEqual(gone.sort());
        expect([...wrong, ...stale]).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('takes every route by another next hop for wrong, never for missing too', () => {
    fc.assert(
      fc.property(CASES, (options) => {
        const { cluster, nodes } = healthyFacts({ ...options, backend: 'host-gw' });
        const routes = (nodes['node1']?.routes ?? []).map((route) =>
          isPeerRoute(route)
            ? { ...route, gateway: route.family === 4 ? '192.0.2.253' : '2001:db8::9999' }
            : route,
        );

        const { missing, wrong } = compareRoutes('node1', routePlan(cluster), routes);

        expect(missing).toEqual([]);
        expect(wrong.map(({ entry }) => entry)).toEqual(routes.filter(isPeerRoute));
      }),
      { numRuns: 30 },
    );
  });
});

describe('routePlan', () => {
  it.each(['udp', 'wireguard', 'ipsec', 'alloc', 'extension', 'tencent-vpc', ''])(
    'refuses the backend %j, of which nothing is known',
    (backendType) => {
      const { cluster } = healthyFacts({});
      const netConf = { ...cluster.netConf, backendType };

      expect(() => routePlan({ ...cluster, netConf })).toThrow(RangeError);
    },
  );
});
