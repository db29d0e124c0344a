// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

import type { ActuatorWorld } from '#actuators/define-actuator.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { connect, type KubernetesConnection } from '#sources/kubernetes/connection.ts';

/** A simulated cluster behind its API, and its administrator's connection. */
export interface ConnectedCluster {
  readonly simulation: Simulation;
  readonly connection: KubernetesConnection;
  /** What an actuator of API objects works in: it has no container to go into. */
  readonly world: ActuatorWorld;
}

/** Serves the cluster of a test and connects to it, one at a time; all of it ends with the test. */
export function connectInEachTest(): (cluster: SimulatedCluster) => Promise<ConnectedCluster> {
  let ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.toReversed()) await end();
    ends = [];
  });
  return async (cluster) => {
    const simulation = await startSimulation(cluster);
    ends.push(() => simulation.close());
    const folder = await mkdtemp(join(tmpdir(), 'selvage-connected-'));
    ends.push(() => rm(folder, { recursive: true }));
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, simulation.kubeconfig, { mode: 0o600 });
    const connection = await connect({ kubeconfig, env: {} });
    ends.push(() => {
      connection.close();
      return Promise.resolve();
    });
    const world: ActuatorWorld = {
      connection,
      signal: new AbortController().signal,
      container: () => Promise.reject(new Error('not asked for')),
    };
    return { simulation, connection, world };
  };
}
