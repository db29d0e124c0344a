// SPDX-License-Identifier: Apache-2.0
import type { LeaseBook } from '#simulation/flanneld/lease-book.ts';
import type { Underlay } from '#simulation/packet-walk/underlay.ts';
import type { ObjectStore } from '#simulation/store.ts';
import type { Blueprint } from './blueprint.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { SimulatedNode } from './simulated-node.ts';

/** What all parts of one simulated cluster share. */
export interface ClusterContext {
  readonly blueprint: Blueprint;
  readonly store: ObjectStore;
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
  readonly underlay: Underlay;
  readonly leases: LeaseBook;
}

/** @throws RangeError when the cluster has no such node */
export function requireNode({ nodes }: ClusterContext, name: string): SimulatedNode {
  const node = nodes.get(name);
  if (node === undefined) throw new RangeError(`the cluster has no node ${name}`);
  return node;
}
