// SPDX-License-Identifier: Apache-2.0

import { compareFdb, compareNeighbours, compareRoutes } from '#expected/vxlan-entries.ts';
import { vxlanPlan } from '#expected/vxlan-plan.ts';
import type { FdbEntry, Neighbour, Route } from '#model/kernel.ts';
import { healthyFacts } from '../testkit/healthy-facts.ts';

/** What comparing all pairs of a cluster took. */
export interface CompareCost {
  readonly pairs: number;
  /** User and system CPU of this process, milliseconds. */
  readonly cpuMs: number;
}

/** Equal entries become one object, as the collectors make them. */
function interned<E extends object>(known: Map<string, E>, entries: readonly E[]): readonly E[] {
  return entries.map((entry) => {
    const key = JSON.stringify(entry);
    const same = known.get(key) ?? Object.freeze(entry);
    known.set(key, same);
    return same;
  });
}

/**
 * CPU time of holding routes, neighbours and FDB of `count` nodes against the plan, every ordered pair, with the
 * dumps in memory: computing the plan is part of it, reading is not.
 */
export function measureCompare(count: number): CompareCost {
  const { cluster, nodes } = healthyFacts({ nodes: count });
  const routes = new Map<string, Route>();
  const neighbours = new Map<string, Neighbour>();
  const fdb = new Map<string, FdbEntry>();
  const kernels = Object.entries(nodes).map(([name, facts]) => ({
    name,
    routes: interned(routes, facts.routes),
    neighbours: interned(neighbours, facts.neighbours),
    fdb: interned(fdb, facts.fdb),
  }));
  const before = process.cpuUsage();
  const plan = vxlanPlan(cluster);
  let missing = 0;
  for (const kernel of kernels) {
    missing += compareRoutes(kernel.name, plan, kernel.routes).missing.length;
    missing += compareNeighbours(kernel.name, plan, kernel.neighbours, kernel.routes).missing
      .length;
    missing += compareFdb(kernel.name, plan, kernel.fdb, kernel.routes).missing.length;
  }
  const { user, system } = process.cpuUsage(before);
  if (missing > 0) throw new Error(`the healthy cluster misses ${String(missing)} entries`);
  return { pairs: count * (count - 1), cpuMs: (user + system) / 1000 };
}
