// SPDX-License-Identifier: Apache-2.0

import { planMending, type PlanOptions } from '#engine/mend/plan-mending.ts';
import { readClusterState } from '#engine/mend/read-cluster-state.ts';
import { restartMayHelp } from '#engine/mend/restart-may-help.ts';
import { restartPlan } from '#engine/mend/restart-plan.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { REMEDIES } from '#engine/remedies.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { structuredText } from '#render/structured/structured-text.ts';
import { renderClusterState } from '#render/mend/render-cluster-state.ts';
import { makeStyle } from '#render/terminal/style.ts';
import { hang } from '#render/terminal/wrap.ts';

import { connectOptions } from '../check/live-services.ts';
import { DEFAULT_MAX_RISK, type MendFlags } from '../fix/fix-flags.ts';
import { type MendEnd, runMending } from '../fix/mend-run.ts';
import type { Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';

/** What is printed in JSON and YAML: a part that did not come to it is not there. */
interface Recovery {
  /** As `fix` prints it. */
  mended?: object;
  /** As `restart flannel --all` prints it. */
  restarted?: object;
  cluster?: object;
}

const PLAN: PlanOptions = { remedies: REMEDIES, maxRisk: DEFAULT_MAX_RISK };

/**
 * `selvage recover`: mends what is safe, else restarts flannel on one node after another, and shows how the cluster
 * fares.
 *
 * @throws SourceError when the cluster cannot be read
 */
export async function runRecover(flags: MendFlags, io: Io): Promise<number> {
  const recovery: Recovery = {};
  const exitCode = await mendAndRestart(flags, io, recovery);
  if (io.signal.aborted) return exitCode;
  const state = await readClusterState({ ...connectOptions(flags), env: io.env }, io.signal);
  recovery.cluster = state;
  if (flags.output === 'table') {
    io.stdout.write(`\n${renderClusterState(state, traitsOf(flags, io))}`);
  } else io.stdout.write(structuredText(flags.output, recovery));
  return exitCode;
}

async function mendAndRestart(flags: MendFlags, io: Io, recovery: Recovery): Promise<number> {
  let end: MendEnd | undefined;
  const mended = await runMending(flags, io, {
    command: ['recover'],
    planOptions: PLAN,
    plan: (snapshot) => planMending(snapshot, runChecks(snapshot, CHECKS), PLAN),
    onValue: (value) => {
      recovery.mended = value;
    },
    onEnd: (how) => {
      end = how;
    },
  });
  if (io.signal.aborted || end === undefined || !mayFollow(end)) return mended;
  const { mayHelp, why } = restartMayHelp(end.snapshot);
  if (!mayHelp) {
    if (mended !== 0) say(flags, io, `Flannel is not restarted. ${why}`);
    return mended;
  }
  say(flags, io, `Next, flannel is restarted on one node after another. ${why}`);
  return runMending(flags, io, {
    command: ['recover'],
    planOptions: { remedies: [], maxRisk: 'cluster' },
    plan: (snapshot) => restartPlan(snapshot, undefined),
    onValue: (value) => {
      recovery.restarted = value;
    },
  });
}

/** A plan that nobody agreed to is first; without anything to mend, the restart itself is what is shown. */
function mayFollow({ how, plan }: MendEnd): boolean {
  return how === 'done' || (how === 'shown' && plan.stages.length === 0);
}

function traitsOf({ color }: MendFlags, io: Io): Parameters<typeof makeStyle>[0] {
  return { ...terminalTraits(io, !color), narrowed: false };
}

function say(flags: MendFlags, io: Io, text: string): void {
  if (flags.output !== 'table') return;
  const style = makeStyle(traitsOf(flags, io));
  io.stdout.write(`\n${hang('', style.clean(text), style.width).join('\n')}\n\n`);
}
