// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

import type { AuditEntry } from '#audit/audit-record.ts';
import type { Plan } from '#model/plan.ts';
import {
  type Simulation,
  type SimulationOptions,
  startSimulation,
} from '#simulation/api/server.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';
import { runCommandLine } from '../src/apps/cli/command-line.ts';
import { type CapturedIo, type CapturedOptions, capturedIo } from './captured-io.ts';

/** A finished command. */
export interface Ran extends CapturedIo {
  readonly exitCode: number;
  /** Standard output, then standard error. */
  readonly said: string;
}

/** Whose command line it is, and what it is run in. */
export interface IoOptions extends CapturedOptions {
  /** Absent: the administrator. */
  readonly user?: string;
}

/** How a command is run. */
export interface RunOptions extends IoOptions {
  readonly ask?: (question: string) => Promise<string>;
}

/** A simulated cluster behind its API, a home folder, and a command line that talks to it. */
export class ServedCluster {
  readonly simulation: Simulation;
  readonly home: string;
  readonly state: string;

  private constructor(simulation: Simulation, home: string) {
    this.simulation = simulation;
    this.home = home;
    this.state = join(home, 'state');
  }

  static async serve(
    cluster: SimulatedCluster,
    options: SimulationOptions = {},
  ): Promise<ServedCluster> {
    const home = await mkdtemp(join(tmpdir(), 'selvage-served-'));
    return new ServedCluster(await startSimulation(cluster, options), home);
  }

  /** Streams and environment of somebody whose kubeconfig names the cluster. */
  async io({ user, env, ...given }: IoOptions = {}): Promise<CapturedIo> {
    const file = join(this.home, `config-${user ?? 'admin'}`);
    const text =
      user === undefined ? this.simulation.kubeconfig : this.simulation.kubeconfigFor(user);
    await writeFile(file, text, { mode: 0o600 });
    return capturedIo({
      ...given,
      env: { KUBECONFIG: file, HOME: this.home, XDG_STATE_HOME: this.state, ...env },
    });
  }

  /** Runs one command, as the administrator unless told otherwise. */
  async run(argv: readonly string[], { ask, ...how }: RunOptions = {}): Promise<Ran> {
    const io = await this.io(how);
    const exitCode = await runCommandLine(argv, { ...io, ask });
    return { ...io, exitCode, said: io.stdout.text() + io.stderr.text() };
  }

  /** What `fix` plans; changes nothing. */
  async plan(...flags: readonly string[]): Promise<Plan> {
    const { stdout } = await this.run(['fix', '-o', 'json', ...flags]);
    return JSON.parse(stdout.text()) as Plan;
  }

  /** What the record of changes holds. */
  async audit(): Promise<readonly AuditEntry[]> {
    const { stdout } = await this.run(['audit', '-o', 'json']);
    return JSON.parse(stdout.text()) as readonly AuditEntry[];
  }

  async close(): Promise<void> {
    await this.simulation.close();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Serves the cluster of a test, one at a time; it ends with the test. */
export function serveInEachTest(): typeof ServedCluster.serve {
  let served: ServedCluster | undefined;
  afterEach(async () => {
    await served?.close();
    served = undefined;
  });
  return async (cluster, options) => (served = await ServedCluster.serve(cluster, options));
}

/** All entries of a node's flannel links and its routes, as text: what has to come back byte for byte. */
export function kernelText(cluster: SimulatedCluster, node: string): string {
  const pod = cluster.flannelPod(node);
  if (pod === undefined) throw new Error(`${node} has no flannel pod`);
  const commands = ['ip -d route', 'ip -d -6 route', 'ip neigh', 'bridge fdb'];
  const result = cluster.exec({
    namespace: cluster.flannelNamespace,
    pod,
    command: ['sh', '-c', commands.map((command) => `${command} show`).join('; ')],
  });
  if ('failure' in result) throw new Error(result.message);
  return result.stdout.split('\n').sort().join('\n');
}
