// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { judge } from '#engine/judge.ts';
import { readCluster } from '#engine/read-cluster.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Report } from '#report/report.ts';
import { type Simulation, startSimulation } from '#simulation/api/server.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

/** A report and the snapshot it was made from. */
export interface SimulatedRun {
  readonly snapshot: Snapshot;
  readonly report: Report;
  /** Findings as `check node [-> peer] severity`, sorted; `cluster` stands for one without a node. */
  readonly findings: readonly string[];
}

/** Checks a simulated cluster as a user would: through a kubeconfig, over HTTPS and WebSocket. */
export async function checkSimulated(cluster: SimulatedCluster): Promise<SimulatedRun> {
  const simulation = await startSimulation(cluster);
  try {
    return await checkServed(simulation);
  } finally {
    await simulation.close();
  }
}

/** Checks a cluster that is served already. */
export async function checkServed(simulation: Simulation): Promise<SimulatedRun> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-scenario-'));
  try {
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, simulation.kubeconfig, { mode: 0o600 });
    const snapshot = await readCluster({ kubeconfig, env: {} }, {});
    const report = judge(snapshot, { checks: CHECKS, toolVersion: '0.0.0-test' });
    return { snapshot, report, findings: report.findings.map(describeFinding).sort() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describeFinding({ check, node, peer, severity }: Report['findings'][number]): string {
  return `${check} ${node ?? 'cluster'}${peer === undefined ? '' : ` -> ${peer}`} ${severity}`;
}
