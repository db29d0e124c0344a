// SPDX-License-Identifier: Apache-2.0

import { judge } from '#engine/judge.ts';
import { actuatorOf } from '#engine/mend/actuator-of.ts';
import { mend, type MendResult } from '#engine/mend/mend.ts';
import type { PlanOptions } from '#engine/mend/plan-mending.ts';
import { resolveUnfinished, unfinished } from '#engine/mend/resolve-unfinished.ts';
import { DEFAULT_LIMITS, MendSession, type Rehearsal } from '#engine/mend/session.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import type { PatchDaemonSetStep, Plan, Step } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { renderPlan } from '#render/mend/render-plan.ts';
import { structuredText } from '#render/structured/structured-text.ts';

import { connectOptions } from '../check/live-services.ts';
import { progressLine } from '../check/progress.ts';
import { type CollectRequest, requestOf, rethrow } from '../check/run-check.ts';
import { connectionWords } from '../connection-flags.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { flagWords } from '../flag-words.ts';
import { Interruption, type Io } from '../io.ts';
import { terminalTraits } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { TOOL_VERSION } from '../version/tool-version.ts';
import type { MendFlags } from './fix-flags.ts';
import { FixText } from './fix-text.ts';

type HeldLock = Exclude<Awaited<ReturnType<MendSession['lock']>>, { readonly takenBy: string }>;

/** The time after which the lock of a run that died is free, and a little more. */
const LEFTOVER_WAIT_MS = (DEFAULT_LIMITS.lockTtlSeconds + 5) * 1000;

/** What a command that changes something has of its own. */
export interface MendPurpose {
  /** The command with its own words and flags, for hints: `fix`, `restart flannel --all`. */
  readonly command: readonly string[];
  /** What is shown first. Pure. */
  readonly plan: (snapshot: Snapshot) => Plan;
  /** How to plan on from there; without remedies nothing follows the first plan. */
  readonly planOptions: PlanOptions;
  /**
   * The change itself was asked for, and no finding to be mended: it is rehearsed before anybody agrees to it, what
   * an earlier run has done of it is left out, and its steps, not the health of the cluster, make the exit code.
   */
  readonly isAskedFor?: true;
  /** What is said when there is nothing to do; absent: that there is nothing to mend. */
  readonly nothing?: string;
  /**
   * What a DaemonSet has to have rolled out when there is nothing to change any more: an earlier run, or somebody
   * else, may have left that half done. Pure.
   */
  readonly rollout?: (snapshot: Snapshot) => PatchDaemonSetStep | undefined;
  /** Takes what is printed in any form but the table, where it is a part of something greater. Absent: it is printed. */
  readonly onValue?: (value: object) => void;
  /** Told how it ended, where something may follow; not called when it was refused before the first step. */
  readonly onEnd?: (end: MendEnd) => void;
}

/** How a command that changes something ended. */
export interface MendEnd {
  /** What is there now. */
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  /**
   * - `done`: carried out as far as it went, or there was nothing to do.
   * - `shown`: nobody was there to agree.
   * - `stopped`: not agreed to, interrupted, or not certain any more: nothing is to follow.
   */
  readonly how: 'done' | 'shown' | 'stopped';
}

/**
 * Reads, plans, shows, asks, and carries out: the way of every command that changes something.
 *
 * @throws UsageError for nodes that do not exist; SourceError when the cluster cannot be read
 */
export async function runMending(flags: MendFlags, io: Io, purpose: MendPurpose): Promise<number> {
  const limits = {
    ...DEFAULT_LIMITS,
    ...(flags.lockWait !== undefined && { lockWaitMs: flags.lockWait }),
  };
  const options = { ...connectOptions(flags), env: io.env };
  const session = await MendSession.open(options, limits, io.signal);
  try {
    return await new MendRun(flags, io, session, purpose).run();
  } finally {
    await session.close();
  }
}

class MendRun {
  readonly #flags: MendFlags;
  readonly #io: Io;
  readonly #session: MendSession;
  readonly #text: FixText;
  readonly #purpose: MendPurpose;

  constructor(flags: MendFlags, io: Io, session: MendSession, purpose: MendPurpose) {
    this.#flags = flags;
    this.#io = io;
    this.#session = session;
    this.#text = new FixText(this.#traits());
    this.#purpose = purpose;
  }

  async run(): Promise<number> {
    const { snapshot, plan } = await this.#planned();
    const steps = stepsOf(plan);
    if (steps.length === 0) {
      return (await this.#finishRollout(plan, snapshot)) ?? this.#shown(plan, snapshot, 'done');
    }
    if (this.#flags.serverDryRun === true) return this.#rehearse(plan, steps);
    const mayAsk = this.#io.ask !== undefined && this.#flags.output === 'table';
    if (this.#flags.yes !== true && !mayAsk) return this.#shown(plan, snapshot, 'shown');
    if (this.#flags.output === 'table') this.#io.stdout.write(renderPlan(plan, this.#traits()));
    const refused = await this.#refusedRights(steps);
    if (refused !== undefined) return refused;
    const open = await this.#stillOpen(plan);
    if (open === undefined) return EXIT.notEnough;
    if (!(await this.#consents())) {
      this.#io.stdout.write('Nothing was changed.\n');
      this.#purpose.onEnd?.({ snapshot, plan, how: 'stopped' });
      return this.#exitCode(snapshot, plan);
    }
    return this.#apply(open, snapshot);
  }

  /** The plan, and what it was made from: not a picture of what a run that died had just begun. */
  async #planned(): Promise<{ readonly snapshot: Snapshot; readonly plan: Plan }> {
    const snapshot = await this.#collect();
    const plan = this.#purpose.plan(snapshot);
    if (stepsOf(plan).length > 0 || !(await this.#resolveLeftovers())) return { snapshot, plan };
    const later = await this.#collect();
    return { snapshot: later, plan: this.#purpose.plan(later) };
  }

  /** What is to be done of a plan; undefined when a step of a change that was asked for cannot be done. */
  async #stillOpen(plan: Plan): Promise<Plan | undefined> {
    if (this.#purpose.isAskedFor === undefined) return plan;
    const looks = await this.#session.rehearse(stepsOf(plan));
    const moved = looks.filter(({ look }) => look.state === 'moved');
    if (moved.length === 0) return withoutDone(plan, looks);
    this.#io.stderr.write(
      `error: it cannot be done, so nothing was changed.\n${this.#text.looks(moved)}`,
    );
    return undefined;
  }

  async #collect(): Promise<Snapshot> {
    const progress = progressLine(this.#io, () => performance.now());
    const snapshot = await this.#session
      .collect({ ...this.#reading(), onProgress: progress.show })
      .catch(rethrow)
      .finally(() => {
        progress.clear();
      });
    this.#io.signal.throwIfAborted();
    this.#assertKnownNodes(snapshot);
    return snapshot;
  }

  /** How to read; of all nodes, for a node's peers are part of the picture. */
  #reading(): Pick<CollectRequest, 'nodeTimeoutMs' | 'concurrency'> {
    const { nodes: _, ...reading } = requestOf(this.#flags);
    return reading;
  }

  #assertKnownNodes({ cluster: { nodes } }: Snapshot): void {
    if (nodes.state === 'absent') return;
    const unknown = this.#flags.node?.find((name) =>
      nodes.value.every((node) => node.name !== name),
    );
    if (unknown === undefined) return;
    throw new UsageError(
      `The cluster has no node ${unknown}.`,
      "List the names with 'kubectl get nodes'.",
    );
  }

  /** The plan alone: nothing to do, or nobody who could agree to it. */
  #shown(plan: Plan, snapshot: Snapshot, how: MendEnd['how']): number {
    this.#purpose.onEnd?.({ snapshot, plan, how });
    this.#print(plan, () => {
      const hint =
        plan.stages.length === 0 ? '' : `\nApply it with: ${this.#commandText()} --yes\n`;
      return renderPlan(plan, this.#traits(), this.#purpose.nothing) + hint;
    });
    return this.#exitCode(snapshot, plan);
  }

  /** Nothing is to be changed, but pods may not carry it yet: says so, and with consent waits. Undefined when all do. */
  async #finishRollout(plan: Plan, snapshot: Snapshot): Promise<number | undefined> {
    const goal = this.#purpose.rollout?.(snapshot);
    if (goal === undefined) return undefined;
    const [{ look } = { look: undefined }] = await this.#session.rehearse([goal]);
    if (look?.state !== 'done' || look.reason === undefined) return undefined;
    this.#say(this.#text.halfDone(look.reason));
    if (this.#flags.yes !== true) {
      this.#print({ plan, rollout: { complete: false, detail: look.reason } }, () =>
        this.#text.finishing(this.#commandText()),
      );
      return EXIT.findings;
    }
    const rollout = await this.#session.awaitRollout(goal);
    this.#print({ plan, rollout }, () => this.#text.rolledOut(rollout));
    return rollout.complete ? EXIT.healthy : EXIT.findings;
  }

  /** The command that makes this very plan, of this very cluster. */
  #commandText(): string {
    const where = flagWords(connectionWords(this.#flags));
    return [this.#io.program, ...this.#purpose.command, ...where].join(' ');
  }

  /**
   * Without anything to do, a run that died is looked after all the same: its lock is waited for, and no longer.
   * Returns whether there was one, and time has passed.
   */
  async #resolveLeftovers(): Promise<boolean> {
    const open = unfinished(await this.#session.history());
    if (open.length === 0 || (await this.#session.missingRights([])).length > 0) return false;
    const lock = await this.#session.lock((holder) => {
      this.#io.stderr.write(this.#text.waiting(holder, 'may have ended in the middle of a step'));
    }, LEFTOVER_WAIT_MS);
    if ('takenBy' in lock) return false;
    try {
      const context = await this.#session.stepContext();
      this.#say(this.#text.resolved(await resolveUnfinished(context, open)));
      return true;
    } finally {
      await lock.release();
    }
  }

  async #rehearse(plan: Plan, steps: readonly Step[]): Promise<number> {
    const missing = await this.#session.missingRights(steps);
    const looks = missing.length > 0 ? [] : await this.#session.rehearse(steps);
    this.#print({ plan, missingRights: missing, looks }, () => {
      const said =
        missing.length > 0
          ? missingText(missing, steps, this.#io)
          : `Dry run, nothing was changed:\n${this.#text.looks(looks)}`;
      return renderPlan(plan, this.#traits()) + said;
    });
    const isReady = missing.length === 0 && looks.every(({ look }) => look.state !== 'moved');
    return isReady ? EXIT.findings : EXIT.notEnough;
  }

  async #refusedRights(steps: readonly Step[]): Promise<number | undefined> {
    const missing = await this.#session.missingRights(steps);
    if (missing.length === 0) return undefined;
    this.#io.stderr.write(missingText(missing, steps, this.#io));
    return EXIT.notEnough;
  }

  async #consents(): Promise<boolean> {
    if (this.#flags.yes === true) return true;
    const answer = await this.#io.ask?.('Type yes to apply this plan: ');
    return answer?.trim() === 'yes';
  }

  async #apply(shown: Plan, before: Snapshot): Promise<number> {
    const lock = await this.#session.lock((holder) => {
      this.#io.stderr.write(this.#text.waiting(holder));
    });
    if ('takenBy' in lock) {
      const advice = 'Run again later, or wait longer with --lock-wait.';
      this.#io.stderr.write(this.#text.taken(lock.takenBy, advice));
      return EXIT.notEnough;
    }
    try {
      return await this.#applyLocked(shown, before, lock);
    } finally {
      await lock.release();
    }
  }

  async #applyLocked(shown: Plan, before: Snapshot, lock: HeldLock): Promise<number> {
    const context = await this.#session.stepContext();
    const resolved = await resolveUnfinished(context, unfinished(await this.#session.history()));
    this.#say(this.#text.resolved(resolved));
    // Whoever held the lock has changed what the plan was made from.
    const snapshot = lock.waited ? await this.#collect() : before;
    const plan = lock.waited ? await this.#stillOpen(this.#purpose.plan(snapshot)) : shown;
    if (plan === undefined) return EXIT.notEnough;
    if (lock.waited && stepsText(plan) !== stepsText(shown)) {
      this.#say(`The cluster changed meanwhile.\n${renderPlan(plan, this.#traits())}`);
      if (plan.stages.length > 0 && !(await this.#consents())) return EXIT.findings;
    }
    const result = await mend(
      {
        ...context,
        lock,
        checks: CHECKS,
        planOptions: this.#purpose.planOptions,
        interrupt: this.#io.signal,
        collect: (nodes) => this.#session.collectAgain({ ...this.#reading(), nodes }),
        onProgress: (progress) => {
          this.#say(this.#text.progress(progress));
        },
        consent: (next) => {
          this.#say(renderPlan(next, this.#traits()));
          return this.#consents();
        },
      },
      plan,
      snapshot,
    );
    this.#print({ plan, ...jsonOf(result), run: this.#session.run }, () =>
      this.#text.end(result, this.#session.run),
    );
    const isOver = result.stopped === undefined || result.stopped === 'halted';
    const how = isOver ? 'done' : 'stopped';
    this.#purpose.onEnd?.({ snapshot: result.snapshot, plan, how });
    return this.#endCode(result, plan);
  }

  #endCode(result: MendResult, plan: Plan): number {
    const reason: unknown = this.#io.signal.reason;
    if (result.stopped === 'interrupted' && reason instanceof Interruption) return reason.exitCode;
    if (result.stopped === 'lock-lost' || result.stopped === 'state-unknown') return EXIT.notEnough;
    if (this.#purpose.isAskedFor === true) return codeOfSteps(result);
    return this.#exitCode(result.snapshot, plan);
  }

  #exitCode(snapshot: Snapshot, plan: Plan): number {
    if (plan.refusals.length > 0) return EXIT.notEnough;
    if (this.#purpose.isAskedFor === true) {
      return plan.stages.length === 0 ? EXIT.healthy : EXIT.findings;
    }
    const { node: nodes } = this.#flags;
    const report = judge(snapshot, {
      checks: CHECKS,
      toolVersion: TOOL_VERSION,
      ...(nodes && { nodes }),
    });
    return exitCodeOf(report, {
      failOn: 'warning',
      allowUnknown: false,
      narrowed: nodes !== undefined,
    });
  }

  #print(value: object, text: () => string): void {
    const { output } = this.#flags;
    const { onValue } = this.#purpose;
    if (output === 'table') this.#io.stdout.write(text());
    else if (onValue !== undefined) onValue(value);
    else this.#io.stdout.write(structuredText(output, value));
  }

  /** What is said while it goes on: to a person only. */
  #say(text: string): void {
    if (this.#flags.output === 'table') this.#io.stdout.write(text);
  }

  #traits() {
    return { ...terminalTraits(this.#io, !this.#flags.color), narrowed: false };
  }
}

function stepsOf({ stages }: Plan): readonly Step[] {
  return stages.flatMap(({ steps }) => steps);
}

/** What is as it has to be already, of an earlier run, need not be done. */
function withoutDone(plan: Plan, looks: readonly Rehearsal[]): Plan {
  const done = new Set(looks.filter(({ look }) => look.state === 'done').map(({ step }) => step));
  const stages = plan.stages
    .map((stage) => ({ ...stage, steps: stage.steps.filter((step) => !done.has(step)) }))
    .filter(({ steps }) => steps.length > 0);
  return { ...plan, stages };
}

function codeOfSteps({ stages }: MendResult): number {
  const steps = stages.flatMap((stage) => stage.steps);
  if (!steps.every(({ outcome }) => outcome === 'applied')) return EXIT.findings;
  if (stages.some(({ verdict }) => verdict?.verdict === 'not-known')) return EXIT.notEnough;
  const isDone = stages.every(({ verdict }) => verdict?.verdict === 'helped');
  return isDone ? EXIT.healthy : EXIT.findings;
}

function stepsText({ stages }: Plan): string {
  return JSON.stringify(stages.map(({ remedy, node, steps }) => [remedy, node, steps]));
}

/** The result without the snapshot, which `selvage snapshot` is for. */
function jsonOf({ snapshot: _, left, ...result }: MendResult): object {
  return {
    ...result,
    left: left.map(({ id, check, severity, message }) => ({ id, check, severity, message })),
  };
}

/** What is told when rights are missing: nothing was begun. */
export function missingText(
  missing: readonly string[],
  steps: readonly Step[],
  { program }: Io,
): string {
  const advice = steps.some((step) => actuatorOf(step)?.byAdministrator === true)
    ? [
        "They are an administrator's, and no role for mending holds them.",
        'Let an administrator of the cluster run it.',
      ]
    : [
        'Mending needs more rights than reading.',
        `Print the roles that hold them: ${program} access --print-rbac --repair`,
      ];
  return [
    `error: rights are missing, so nothing was changed: ${missing.join('; ')}.`,
    ...advice,
    '',
  ].join('\n');
}
