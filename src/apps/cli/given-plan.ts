// SPDX-License-Identifier: Apache-2.0

import { givenPlan } from '#engine/mend/given-plan.ts';
import { mend, type MendResult } from '#engine/mend/mend.ts';
import { resolveUnfinished, unfinished } from '#engine/mend/resolve-unfinished.ts';
import { DEFAULT_LIMITS, MendSession } from '#engine/mend/session.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { Plan, Stage } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { renderPlan } from '#render/mend/render-plan.ts';
import { printableText } from '#render/terminal/printable-text.ts';

import { connectOptions } from './check/live-services.ts';
import { progressLine } from './check/progress.ts';
import { rethrow } from './check/run-check.ts';
import type { ConnectionFlags } from './connection-flags.ts';
import { EXIT } from './exit-code.ts';
import { FixText } from './fix/fix-text.ts';
import { missingText } from './fix/mend-run.ts';
import { Interruption, type Io } from './io.ts';
import { terminalTraits } from './terminal.ts';

/** Flags of the commands that change what they are told to, not what a check finds. */
export interface GivenPlanFlags extends ConnectionFlags {
  readonly yes?: true;
  readonly serverDryRun?: true;
  readonly color: boolean;
}

/** A change that somebody asks for by a command of its own. */
export interface GivenChange {
  /** The command without the program's name, to say how it is done: `tune flannel --profile runbook`. */
  readonly command: string;
  /**
   * The stages for a cluster as it was read; none when there is nothing to do.
   *
   * @throws UsageError when it cannot be done there
   */
  readonly stages: (snapshot: Snapshot) => readonly Stage[];
}

/**
 * Plans a change, shows it, and with consent carries it out under the lock, with audit, verification and undo, as
 * `fix` does.
 *
 * @returns 0 when it is done or was so already, 1 when it was only shown or did not succeed, 3 when rights or the
 *   lock are missing, or too little is known.
 * @throws UsageError; SourceError when the cluster cannot be read
 */
export async function runGivenChange(
  change: GivenChange,
  flags: GivenPlanFlags,
  io: Io,
): Promise<number> {
  const options = { ...connectOptions(flags), env: io.env };
  const session = await MendSession.open(options, DEFAULT_LIMITS, io.signal);
  try {
    return await new GivenRun(change, flags, io, session).run();
  } finally {
    await session.close();
  }
}

type Looks = Awaited<ReturnType<MendSession['rehearse']>>;

function looksText(looks: Looks): string {
  return looks
    .map(({ step, look: { state, reason, now } }) => {
      const why = reason ?? (state === 'moved' ? `now ${now.join('; ')}` : undefined);
      const end = why === undefined ? '' : ` (${why})`;
      return `  ${printableText(`${step.title}: ${state}${end}`)}\n`;
    })
    .join('');
}

/** What is as it has to be already, of an earlier run, need not be done. */
function withoutDone(plan: Plan, looks: Looks): Plan {
  const done = new Set(looks.filter(({ look }) => look.state === 'done').map(({ step }) => step));
  const stages = plan.stages
    .map((stage) => ({ ...stage, steps: stage.steps.filter((step) => !done.has(step)) }))
    .filter(({ steps }) => steps.length > 0);
  return { ...plan, stages };
}

class GivenRun {
  readonly #change: GivenChange;
  readonly #flags: GivenPlanFlags;
  readonly #io: Io;
  readonly #session: MendSession;
  readonly #text: FixText;

  constructor(change: GivenChange, flags: GivenPlanFlags, io: Io, session: MendSession) {
    this.#change = change;
    this.#flags = flags;
    this.#io = io;
    this.#session = session;
    this.#text = new FixText(this.#traits());
  }

  async run(): Promise<number> {
    const { stdout, stderr, program } = this.#io;
    const snapshot = await this.#collect();
    const plan = givenPlan(snapshot, this.#change.stages(snapshot));
    const steps = plan.stages.flatMap((stage) => stage.steps);
    stdout.write(renderPlan(plan, this.#traits()));
    if (steps.length === 0) return EXIT.healthy;
    const mayAsk = this.#io.ask !== undefined && this.#flags.serverDryRun !== true;
    if (this.#flags.yes !== true && !mayAsk && this.#flags.serverDryRun !== true) {
      stdout.write(`\nApply it with: ${program} ${this.#change.command} --yes\n`);
      return EXIT.findings;
    }
    const missing = await this.#session.missingRights(steps);
    if (missing.length > 0) {
      stderr.write(missingText(missing, this.#io));
      return EXIT.notEnough;
    }
    const looks = await this.#session.rehearse(steps);
    if (this.#flags.serverDryRun === true) return this.#rehearsed(looks);
    const moved = looks.filter(({ look }) => look.state === 'moved');
    if (moved.length > 0) {
      stderr.write(`error: it cannot be done, so nothing was changed.\n${looksText(moved)}`);
      return EXIT.notEnough;
    }
    if (!(await this.#consents())) {
      stdout.write('Nothing was changed.\n');
      return EXIT.findings;
    }
    return this.#apply(withoutDone(plan, looks), snapshot);
  }

  async #collect(): Promise<Snapshot> {
    const progress = progressLine(this.#io, () => performance.now());
    const snapshot = await this.#session
      .collect({ onProgress: progress.show })
      .catch(rethrow)
      .finally(() => {
        progress.clear();
      });
    this.#io.signal.throwIfAborted();
    return snapshot;
  }

  #rehearsed(looks: Looks): number {
    this.#io.stdout.write(`Dry run, nothing was changed:\n${looksText(looks)}`);
    return looks.every(({ look }) => look.state !== 'moved') ? EXIT.findings : EXIT.notEnough;
  }

  async #consents(): Promise<boolean> {
    if (this.#flags.yes === true) return true;
    return (await this.#io.ask?.('Type yes to apply this plan: '))?.trim() === 'yes';
  }

  async #apply(plan: Plan, snapshot: Snapshot): Promise<number> {
    const { stdout, stderr, signal } = this.#io;
    const lock = await this.#session.lock((holder) => {
      stderr.write(`Waiting: ${holder} is mending this cluster.\n`);
    });
    if ('takenBy' in lock) {
      const text = `error: ${lock.takenBy} is mending this cluster and did not end in time.\nNothing was changed.\nRun again later.\n`;
      stderr.write(text);
      return EXIT.notEnough;
    }
    try {
      const context = await this.#session.stepContext();
      const open = unfinished(await this.#session.history());
      stdout.write(this.#text.resolved(await resolveUnfinished(context, open)));
      const result = await mend(
        {
          ...context,
          lock,
          checks: CHECKS,
          planOptions: { remedies: [], maxRisk: 'cluster' },
          interrupt: signal,
          collect: (nodes) => this.#session.collectAgain({ nodes }),
          onProgress: (progress) => {
            stdout.write(this.#text.progress(progress));
          },
          consent: () => Promise.resolve(false),
        },
        plan,
        snapshot,
      );
      stdout.write(this.#text.end(result, this.#session.run));
      return this.#exitCode(result);
    } finally {
      await lock.release();
    }
  }

  #exitCode({ stages, stopped }: MendResult): number {
    const reason: unknown = this.#io.signal.reason;
    if (stopped === 'interrupted' && reason instanceof Interruption) return reason.exitCode;
    if (stopped !== undefined) return EXIT.notEnough;
    if (stages.some(({ verdict }) => verdict?.verdict === 'not-known')) return EXIT.notEnough;
    const isDone = stages.every(
      ({ verdict, steps }) =>
        verdict?.verdict === 'helped' && steps.every(({ outcome }) => outcome === 'applied'),
    );
    return isDone ? EXIT.healthy : EXIT.findings;
  }

  #traits() {
    return { ...terminalTraits(this.#io, !this.#flags.color), narrowed: false };
  }
}
