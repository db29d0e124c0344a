// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeStyle, type Style } from '#render/terminal/style.ts';
import { hang } from '#render/terminal/wrap.ts';
import { startSimulation } from '#simulation/api/server.ts';
import { FAULT_NAMES, type FaultName } from '#simulation/cluster/faults.ts';
import { macMini } from '#simulation/cluster/presets.ts';
import type { SimulatedCluster } from '#simulation/cluster/simulated-cluster.ts';

import { runAudit } from '../audit/run-audit.ts';
import { liveServices } from '../check/live-services.ts';
import { runCheck } from '../check/run-check.ts';
import { EXIT } from '../exit-code.ts';
import { runFix } from '../fix/run-fix.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { DEMO_FAULTS } from './demo-faults.ts';
import { kubectlTable } from './kubectl-view.ts';

/** The node that breaks. */
const BROKEN_NODE = 'mac-mini-2';

/** What the nodes of the simulated cluster run, too. */
const SERVER_VERSION = 'v1.34.0';

/** What the demo was asked for. */
export interface DemoFlags {
  readonly color: boolean;
  /** List the faults, and no more. */
  readonly list?: true;
  /** Name of a fault; absent: the incident. */
  readonly fault?: string;
  /** Serve the broken cluster until interrupted. */
  readonly interactive?: true;
}

/** What one act of the demo needs. */
interface Stage {
  readonly io: Io;
  readonly style: Style;
  readonly color: boolean;
  readonly cluster: SimulatedCluster;
  readonly fault: FaultName;
  /** The text of the simulated cluster's kubeconfig, and the file it is in. */
  readonly kubeconfig: string;
  readonly kubeconfigFile: string;
  /** Where the record of changes goes. */
  readonly stateFolder: string;
}

/**
 * `selvage demo`: an incident on a simulated cluster in this process. Three nodes; one breaks, by default by losing
 * its routes while Kubernetes shows everything Running; `selvage check` names what is wrong, `selvage fix` mends it,
 * with consent on a terminal, and `selvage audit` shows the record. Everything goes through the cluster's API:
 * kubectl's tables as the server prints them, and the same commands that run against a real cluster. Its files,
 * the record of changes included, are in a folder of its own that is gone afterwards.
 *
 * @returns 0 when every act ended as told, else 3.
 * @throws UsageError for a fault that is not known
 */
export async function runDemo(flags: DemoFlags, io: Io): Promise<number> {
  if (flags.list === true) return listFaults(io);
  const fault = knownFault(flags.fault, io);
  const cluster = macMini();
  const simulation = await startSimulation(cluster, { serverVersion: SERVER_VERSION });
  const folder = await mkdtemp(join(tmpdir(), 'selvage-demo-'));
  try {
    const kubeconfigFile = join(folder, 'kubeconfig');
    await writeFile(kubeconfigFile, simulation.kubeconfig, { mode: 0o600 });
    const style = makeStyle({ ...terminalTraits(io, !flags.color), narrowed: false });
    const { kubeconfig } = simulation;
    const about = { io, style, color: flags.color, cluster, fault };
    const stateFolder = join(folder, 'state');
    const stage = { ...about, kubeconfig, kubeconfigFile, stateFolder };
    return flags.interactive === true
      ? await explore(stage, flags.fault !== undefined)
      : await play(stage);
  } finally {
    await Promise.all([simulation.close(), rm(folder, { recursive: true, force: true })]);
  }
}

function listFaults({ stdout }: Io): number {
  const width = Math.max(...FAULT_NAMES.map(({ length }) => length));
  for (const name of FAULT_NAMES) {
    stdout.write(`${name.padEnd(width)}  ${DEMO_FAULTS[name].what(BROKEN_NODE)}\n`);
  }
  return EXIT.healthy;
}

function knownFault(name: string | undefined, { program }: Io): FaultName {
  const known = FAULT_NAMES.find((each) => each === (name ?? 'routes-flush'));
  if (known !== undefined) return known;
  throw new UsageError(
    `The simulated cluster knows no fault '${name ?? ''}'.`,
    `List them with '${program} demo --list'.`,
  );
}

function breakNode({ cluster, fault }: Stage): void {
  const { peer, afterMs } = DEMO_FAULTS[fault];
  cluster.fault(fault, BROKEN_NODE, peer);
  if (afterMs !== undefined) cluster.advance(afterMs);
}

async function play(stage: Stage): Promise<number> {
  const isIncident = stage.fault === 'routes-flush';
  tell(stage, OPENING);
  act(stage, '1. A healthy cluster.');
  const healthy = await check(stage);
  act(stage, `2. ${DEMO_FAULTS[stage.fault].what(BROKEN_NODE)}`);
  breakNode(stage);
  await showKubectl(stage);
  if (isIncident) {
    stage.io.stdout.write('\n');
    tell(stage, NO_EVIDENCE);
  }
  act(stage, '3. What the kernel holds, against what it has to hold.');
  const broken = await check(stage);
  const proof = isIncident ? 'proven by reading and by packets' : 'where there is one';
  act(stage, `4. The smallest change that mends it, ${proof}.`);
  const fixed = await fix(stage);
  act(stage, '5. Is it whole?');
  const mended = await check(stage);
  act(stage, '6. The record: what was changed, and why.');
  await audit(stage);
  return isIncident ? asTold(stage, [healthy, broken, fixed, mended]) : EXIT.healthy;
}

/** Serves the cluster to any command, kubectl's too, until Ctrl-C. */
async function explore(stage: Stage, isBroken: boolean): Promise<number> {
  const { io, kubeconfigFile, stateFolder, fault } = stage;
  if (isBroken) breakNode(stage);
  tell(stage, OPENING);
  const state = isBroken ? DEMO_FAULTS[fault].what(BROKEN_NODE) : 'It is healthy.';
  tell(stage, `${state} In another terminal:`);
  io.stdout.write(
    `\n  export KUBECONFIG=${kubeconfigFile} XDG_STATE_HOME=${stateFolder}\n` +
      ['check', 'fix', 'audit', 'undo'].map((verb) => `  ${io.program} ${verb}\n`).join('') +
      '\nCtrl-C here ends it.\n',
  );
  if (!io.signal.aborted) await once(io.signal, 'abort');
  return EXIT.healthy;
}

const NO_EVIDENCE =
  'kubectl sees nothing wrong: everything is Ready and Running. That is not evidence.';

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
}

async function check(stage: Stage): Promise<number> {
  const { io, color, kubeconfigFile } = stage;
  io.signal.throwIfAborted();
  command(stage, `${io.program} check`);
  const flags = { output: 'table', failOn: 'warning', kubeconfig: kubeconfigFile, color } as const;
  return runCheck(flags, io, liveServices({}));
}

/** With consent: asked for where there is a person, else given as a script gives it. */
async function fix(stage: Stage): Promise<number> {
  const { io, color } = stage;
  io.signal.throwIfAborted();
  const mayAsk = io.ask !== undefined;
  command(stage, `${io.program} fix${mayAsk ? '' : ' --yes'}`);
  const flags = {
    output: 'table',
    maxRisk: 'node',
    kubeconfig: stage.kubeconfigFile,
    color,
  } as const;
  return runFix({ ...flags, ...(!mayAsk && { yes: true }) }, withOwnState(stage));
}

async function audit(stage: Stage): Promise<void> {
  const { io, color, kubeconfigFile } = stage;
  command(stage, `${io.program} audit`);
  await runAudit({ output: 'table', kubeconfig: kubeconfigFile, color }, withOwnState(stage));
}

function withOwnState({ io, stateFolder }: Stage): Io {
  return { ...io, env: { ...io.env, XDG_STATE_HOME: stateFolder } };
}

/** How this person calls Selvage: whoever runs `npm run demo` in the sources need not have it installed. */
function startedBy({ env, program }: Io): string {
  return env['npm_lifecycle_event'] === 'demo' ? 'npm start --' : program;
}

function asTold(stage: Stage, exitCodes: readonly number[]): number {
  const { io } = stage;
  const mended: readonly number[] = [EXIT.healthy, EXIT.findings, EXIT.healthy, EXIT.healthy];
  if (exitCodes.join() === mended.join()) {
    io.stdout.write('\n');
    tell(stage, `On your own cluster: ${startedBy(io)} check`);
    return EXIT.healthy;
  }
  if (io.ask !== undefined && exitCodes.join() === [0, 1, 1, 1].join()) {
    tell(stage, 'You did not agree, so it stays as it is.');
    return EXIT.healthy;
  }
  io.stderr.write(
    `The demo did not go as told: exit codes ${exitCodes.join(', ')} instead of ${mended.join(', ')}.\n`,
  );
  return EXIT.notEnough;
}
