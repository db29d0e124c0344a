// SPDX-License-Identifier: Apache-2.0

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeStyle, type Style } from '#render/terminal/style.ts';
import { hang } from '#render/terminal/wrap.ts';
import { startSimulation } from '#simulation/api/server.ts';
import { macMini } from '#simulation/cluster/presets.ts';

import { liveServices } from '../check/live-services.ts';
import { runCheck } from '../check/run-check.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { kubectlTable } from './kubectl-view.ts';

/** The node that loses its routes. */
const BROKEN_NODE = 'mac-mini-2';

/** What the nodes of the simulated cluster run, too. */
const SERVER_VERSION = 'v1.34.0';

/** What one act of the demo needs. */
interface Stage {
  readonly io: Io;
  readonly style: Style;
  readonly color: boolean;
  /** The text of the simulated cluster's kubeconfig, and the file it is in. */
  readonly kubeconfig: string;
  readonly kubeconfigFile: string;
}

/**
 * `selvage demo`: an incident on a simulated cluster in this process. Three nodes; one loses its routes while
 * Kubernetes shows everything Running; `selvage check` names both missing entries; the flannel pod is restarted.
 * Everything goes through the cluster's API: kubectl's tables as the server prints them, and the same check that
 * runs against a real cluster.
 *
 * @returns 0 when every act ended as told, else 3.
 */
export async function runDemo(flags: { readonly color: boolean }, io: Io): Promise<number> {
  const cluster = macMini();
  const simulation = await startSimulation(cluster, { serverVersion: SERVER_VERSION });
  const folder = await mkdtemp(join(tmpdir(), 'selvage-demo-'));
  try {
    const kubeconfigFile = join(folder, 'kubeconfig');
    await writeFile(kubeconfigFile, simulation.kubeconfig, { mode: 0o600 });
    const style = makeStyle({ ...terminalTraits(io, !flags.color), narrowed: false });
    const { kubeconfig } = simulation;
    const stage = { io, style, color: flags.color, kubeconfig, kubeconfigFile };
    tell(stage, OPENING);
    act(stage, '1. A healthy cluster.');
    const healthy = await check(stage);
    act(
      stage,
      `2. ${BROKEN_NODE} loses the routes to its peers. No pod stops, no event is written.`,
    );
    cluster.fault('routes-flush', BROKEN_NODE);
    await showKubectl(stage);
    tell(
      stage,
      'kubectl sees nothing wrong: everything is Ready and Running. That is not evidence.',
    );
    act(stage, '3. What the kernel holds, against what it has to hold.');
    const broken = await check(stage);
    act(
      stage,
      `4. The flannel pod of ${BROKEN_NODE} is deleted; the new one writes the routes again.`,
    );
    cluster.restartFlannel(BROKEN_NODE);
    const mended = await check(stage);
    return asTold(stage, { healthy, broken, mended });
  } finally {
    await Promise.all([simulation.close(), rm(folder, { recursive: true, force: true })]);
  }
}

const OPENING =
  'A simulated cluster of three nodes, in this process: their kernels, flannel and the Kubernetes API. ' +
  'Nothing outside is read or changed.';

function act({ io, style }: Stage, title: string): void {
  io.stdout.write(`\n${style.bold(title)}\n\n`);
}

function tell({ io, style }: Stage, text: string): void {
  io.stdout.write(`${hang('', text, style.width).join('\n')}\n`);
}

function command({ io, style }: Stage, text: string): void {
  io.stdout.write(`${style.faint(`$ ${text}`)}\n`);
}

async function showKubectl(stage: Stage): Promise<void> {
  const { io, kubeconfig } = stage;
  command(stage, 'kubectl get nodes');
  io.stdout.write(
    await kubectlTable(kubeconfig, '/api/v1/nodes', {
      wide: false,
      allNamespaces: false,
    }),
  );
  io.stdout.write('\n');
  command(stage, 'kubectl get pods -A -o wide');
  io.stdout.write(
    await kubectlTable(kubeconfig, '/api/v1/pods', { wide: true, allNamespaces: true }),
  );
  io.stdout.write('\n');
}

async function check(stage: Stage): Promise<number> {
  const { io, color, kubeconfigFile } = stage;
  io.signal.throwIfAborted();
  command(stage, `${io.program} check`);
  const flags = { output: 'table', failOn: 'warning', kubeconfig: kubeconfigFile, color } as const;
  return runCheck(flags, io, liveServices({}));
}

function asTold(
  stage: Stage,
  { healthy, broken, mended }: { healthy: number; broken: number; mended: number },
): number {
  const { io } = stage;
  const wentAsTold =
    healthy === EXIT.healthy && broken === EXIT.findings && mended === EXIT.healthy;
  if (wentAsTold) {
    io.stdout.write('\n');
    tell(
      stage,
      `The three checks ended with exit codes 0, 1 and 0. On your own cluster: ${io.program} check`,
    );
    return EXIT.healthy;
  }
  io.stderr.write(
    `The demo did not go as told: exit codes ${String(healthy)}, ${String(broken)} and ${String(mended)} instead of 0, 1 and 0.\n`,
  );
  return EXIT.notEnough;
}
