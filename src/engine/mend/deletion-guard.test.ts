// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import type { WriteRouteStep } from '#model/plan.ts';
import type { Simulation } from '#simulation/api/server.ts';
import { cluster } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { connectInEachTest } from '../../../testkit/connected-cluster.ts';
import { healthyCluster } from '../../../testkit/snapshot-builder.ts';
import { deletionDoubts } from './deletion-guard.ts';

/** The route to the pods of a node that left. */
const STEP: WriteRouteStep = {
  kind: 'write-route',
  node: 'node2',
  object: 'route 10.244.99.0/24',
  title: 'delete route 10.244.99.0/24',
  family: 4,
  dst: '10.244.99.0/24',
  before: ['10.244.99.0/24 via 10.244.99.0 dev flannel.1 onlink'],
  after: [],
};

const connected = connectInEachTest();

let simulated: SimulatedCluster;
let simulation: Simulation;
let world: ActuatorWorld;

beforeEach(async () => {
  simulated = cluster();
  ({ simulation, world } = await connected(simulated));
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function doubts(): ReturnType<typeof deletionDoubts> {
  return deletionDoubts(world, healthyCluster().build(), [STEP], 0);
}

/** A node that is given the range of the one that left. */
function moveNode3(): void {
  const node = simulated.store.get('nodes', 'node3');
  if (node === undefined) throw new Error('node3 is gone');
  const spec = { ...(node['spec'] as object), podCIDR: '10.244.99.0/24' };
  simulated.store.update('nodes', { ...node, spec: { ...spec, podCIDRs: ['10.244.99.0/24'] } });
}

describe('the leases that a deletion is held against', () => {
  it('are read once for steps that come at once', async () => {
    const doubtOf = await doubts();

    expect(await doubtOf(STEP)).toBeUndefined();
    expect(await doubtOf(STEP)).toBeUndefined();
    expect(simulation.calls.count('list', 'nodes')).toBe(1);
  });

  it('are read again for one that comes later, which may be somebody’s by then', async () => {
    const doubtOf = await doubts();
    moveNode3();
    vi.advanceTimersByTime(6_000);

    expect(await doubtOf(STEP)).toBe('It belongs to node3 by now, whose lease asks for it.');
    expect(simulation.calls.count('list', 'nodes')).toBe(2);
  });

  it('are a doubt when they cannot be read again', async () => {
    const doubtOf = await doubts();
    vi.advanceTimersByTime(6_000);
    simulation.faults.add({
      fault: { kind: 'server-error', code: 500 },
      on: { verb: 'list', resource: 'nodes' },
    });

    expect(await doubtOf(STEP)).toContain('Whose it is could not be read again');
  });
});
