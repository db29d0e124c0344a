// SPDX-License-Identifier: Apache-2.0

/**
 * Prints what Selvage costs: start-up, comparing all pairs, and whole checks of simulated clusters.
 * It prints ratios and counts and never fails because a machine is slow.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { measureCompare } from './compare-pairs.ts';
import { median, runNode } from './run-command.ts';
import { startSimulationProcess } from './simulation-process.ts';

const CLI = new URL('../dist/selvage.js', import.meta.url).pathname;
const START_RUNS = 11;
const EXEC_LATENCY_MS = 50;
/** Nodes, and pods on each beside those of the system. */
const CLUSTER_SIZES = [
  [3, 0],
  [100, 0],
  [100, 200],
  [1000, 4],
] as const;
/** Nodes, and pods on each, for commands about all pods. */
const MANY_PODS = [100, 200] as const;
/** The largest cluster that Kubernetes supports, with pods for each of its nodes. */
const LARGEST = [5000, 4] as const;
const COMPARED_NODES = 1000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Start-up in pairs, one after the other, so that a machine that slows down slows both. */
async function benchStartUp(): Promise<void> {
  const bare: number[] = [];
  const ratios: number[] = [];
  const version: number[] = [];
  for (let run = 0; run < START_RUNS; run += 1) {
    const nothing = await runNode(['-e', '0']);
    const selvage = await runNode([CLI, 'version']);
    bare.push(nothing.wallMs);
    version.push(selvage.wallMs);
    ratios.push(selvage.wallMs / nothing.wallMs);
  }
  print(
    `start-up: selvage version ${median(version).toFixed(0)} ms, node -e 0 ${median(bare).toFixed(0)} ms, ` +
      `ratio ${median(ratios).toFixed(2)} (median of ${String(START_RUNS)} pairs)`,
  );
}

function benchCompare(): void {
  const { pairs, cpuMs } = measureCompare(COMPARED_NODES);
  print(`compare: ${String(pairs)} pairs, ${cpuMs.toFixed(0)} ms CPU`);
}

/** Too large to be simulated: snapshot and judgement of it, without reading. */
async function benchLargest(): Promise<void> {
  const script = new URL('judge-large.ts', import.meta.url).pathname;
  const cost = await runNode([script, ...LARGEST.map(String)]);
  const { pairs, findings, heldMiB, cpuMs } = JSON.parse(cost.stdout) as Record<string, number>;
  print(
    `judge: ${String(LARGEST[0])} nodes, ${String(LARGEST[0] * LARGEST[1])} pods, ${String(pairs)} pairs, ` +
      `${((cpuMs ?? 0) / 1000).toFixed(1)} s CPU, ${heldMiB?.toFixed(0) ?? '?'} MiB with the snapshot, ` +
      `${cost.peakMiB?.toFixed(0) ?? '?'} MiB peak, ${String(findings)} findings`,
  );
}

async function benchCheck(nodes: number, podsPerNode: number, folder: string): Promise<void> {
  const simulation = await startSimulationProcess(nodes, EXEC_LATENCY_MS, podsPerNode);
  try {
    const file = join(folder, `kubeconfig-${String(nodes)}`);
    await writeFile(file, simulation.kubeconfig, { mode: 0o600 });
    const cost = await runNode([CLI, 'check', '-o', 'json', '--kubeconfig', file], {
      XDG_STATE_HOME: folder,
    });
    const calls = await simulation.calls();
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
    const { pairs, findings } = JSON.parse(cost.stdout) as {
      pairs: Readonly<Record<string, number>>;
      findings: readonly unknown[];
    };
    print(
      `check: ${String(nodes)} nodes, ${String(nodes * podsPerNode)} more pods, ${(cost.wallMs / 1000).toFixed(2)} s wall, ` +
        `${cost.peakMiB?.toFixed(0) ?? '?'} MiB peak, ${String(total)} API calls ` +
        `(${Object.entries(calls)
          .map(([call, count]) => `${call} ${String(count)}`)
          .join(', ')}); exit ${String(cost.exitCode)}, ${String(pairs['checked'])} pairs, ` +
        `${String(findings.length)} findings`,
    );
  } finally {
    await simulation.close();
  }
}

/** What reads every pod and its use: 20,000 of them are to take less than 10 s and 300 MiB on a machine at rest. */
async function benchLimits(folder: string): Promise<void> {
  const [nodes, podsPerNode] = MANY_PODS;
  const simulation = await startSimulationProcess(nodes, EXEC_LATENCY_MS, podsPerNode);
  try {
    const file = join(folder, 'kubeconfig-limits');
    await writeFile(file, simulation.kubeconfig, { mode: 0o600 });
    for (const command of [
      ['top', 'containers'],
      ['limits'],
      ['limits', '-o', 'json'],
      ['recommend', 'flannel'],
    ]) {
      const cost = await runNode([CLI, ...command, '--kubeconfig', file]);
      print(
        `${command.join(' ')}: ${String(nodes * podsPerNode)} more pods, ${(cost.wallMs / 1000).toFixed(2)} s wall, ` +
          `${cost.peakMiB?.toFixed(0) ?? '?'} MiB peak, exit ${String(cost.exitCode)}`,
      );
    }
  } finally {
    await simulation.close();
  }
}

if (!existsSync(CLI)) throw new Error('dist/selvage.js is missing: run `npm run build` first');
const folder = await mkdtemp(join(tmpdir(), 'selvage-bench-'));
try {
  print(`exec latency ${String(EXEC_LATENCY_MS)} ms, Node ${process.version}`);
  await benchStartUp();
  benchCompare();
  await benchLargest();
  for (const [nodes, podsPerNode] of CLUSTER_SIZES) await benchCheck(nodes, podsPerNode, folder);
  await benchLimits(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
