// SPDX-License-Identifier: Apache-2.0

import { leaveEvent } from '#actuators/mending-event.ts';
import type { MendingLock } from '#actuators/mending-lock.ts';
import type { AnyCheck } from '#checks/define-check.ts';
import { type Doubt, deletionDoubts } from '#engine/mend/deletion-guard.ts';
import { type PlanOptions, planMending, treatableFindings } from '#engine/mend/plan-mending.ts';
import { patiently } from '#engine/mend/patience.ts';
import { blocked, mayStopAfter } from '#engine/mend/point-of-no-return.ts';
import { type DoneStep, runStep, type StepContext } from '#engine/mend/run-step.ts';
import { type StageVerdict, verifyStage, type VerifyContext } from '#engine/mend/verify-stage.ts';
import { runChecks } from '#engine/run-checks.ts';
import type { Plan, Stage, Step, TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** How far mending has come, for a person who watches. */
export type MendProgress =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'step'; readonly done: DoneStep }
  | { readonly kind: 'verdict'; readonly stage: Stage; readonly verdict: StageVerdict }
  | { readonly kind: 'undo'; readonly done: DoneStep };

/** What mending works with. */
export interface MendServices extends StepContext {
  readonly lock: Pick<MendingLock, 'confirm'>;
  /** Reads the cluster facts, and the kernels of these nodes; absent: of all. */
  readonly collect: VerifyContext['collect'];
  readonly checks: readonly AnyCheck[];
  readonly planOptions: PlanOptions;
  /** Aborted by Ctrl-C: no further step begins. */
  readonly interrupt: AbortSignal;
  readonly onProgress: (progress: MendProgress) => void;
  /** Asked before a plan that the person has not seen: after a remedy that did not help. */
  readonly consent: (plan: Plan) => Promise<boolean>;
}

/** What came of one stage. */
export interface StageResult {
  readonly stage: Stage;
  readonly steps: readonly DoneStep[];
  /** Absent when the stage was not finished. */
  readonly verdict?: StageVerdict;
  /** What was taken back because it did not help. */
  readonly undone: readonly DoneStep[];
}

/** What mending came to. */
export interface MendResult {
  readonly stages: readonly StageResult[];
  /** Stages that were not begun. */
  readonly notBegun: readonly Stage[];
  /** Why it stopped before the end; absent when it did not. */
  readonly stopped?: 'interrupted' | 'lock-lost' | 'state-unknown' | 'halted' | 'no-consent';
  /** What is left afterwards, of the whole cluster. */
  readonly left: readonly TreatableFinding[];
  /** The snapshot of the end. */
  readonly snapshot: Snapshot;
}

/** A remedy, its stronger one, a restart: what does not help after that many plans is for a person. */
const MOST_PLANS = 4;

/**
 * Carries out a plan: stage after stage, each verified; what did not help is taken back, and what a stronger remedy
 * would do is planned anew, as far as the allowed risk goes.
 *
 * @throws SourceError when the cluster cannot be read any more; what was done is in the audit
 */
export async function mend(
  given: MendServices,
  plan: Plan,
  snapshot: Snapshot,
): Promise<MendResult> {
  const { checks, planOptions, recoverMs } = given;
  const collect: MendServices['collect'] = (nodes) =>
    patiently(() => given.collect(nodes), recoverMs);
  const services = {
    ...given,
    collect,
    doubts: (steps: readonly Step[]) => deletionDoubts(given.world, snapshot, steps, recoverMs),
  };
  const history = new History();
  const known = new Set(treatableFindings(runChecks(snapshot, checks)).map(({ id }) => id));
  const stages: StageResult[] = [];
  let current = plan;
  for (let count = 1; ; count += 1) {
    const round = await runPlan(services, current, known);
    stages.push(...round.stages);
    const end = await services.collect(undefined);
    const results = runChecks(end, checks);
    const base = { stages, left: treatableFindings(results), snapshot: end };
    if (round.stopped !== undefined) {
      return { ...base, notBegun: round.notBegun, stopped: round.stopped };
    }
    history.add(round.stages);
    const next = planMending(end, results, { ...planOptions, tried: history.tried });
    if (!history.goesOnWith(next) || count === MOST_PLANS) return { ...base, notBegun: [] };
    if (!(await services.consent(next))) {
      return { ...base, notBegun: next.stages, stopped: 'no-consent' };
    }
    current = next;
  }
}

/** What was done to which finding. */
class History {
  readonly tried = new Map<string, readonly string[]>();
  readonly #treated = new Set<string>();
  #lastFailed = false;

  add(stages: readonly StageResult[]): void {
    this.#lastFailed = stages.some(({ verdict }) => isFailure(verdict));
    for (const { stage, verdict } of stages) {
      for (const { id } of stage.treats) {
        this.#treated.add(id);
        if (isFailure(verdict)) this.tried.set(id, [...(this.tried.get(id) ?? []), stage.remedy]);
      }
    }
  }

  /** What was hidden behind the first faults is mended too; what comes back after it was mended is for a person. */
  goesOnWith({ stages }: Plan): boolean {
    const isNew = stages.some(({ treats }) => treats.some(({ id }) => !this.#treated.has(id)));
    return stages.length > 0 && (this.#lastFailed || isNew);
  }
}

interface RunServices extends MendServices {
  /** Reads again whose the entries are that steps delete. */
  readonly doubts: (steps: readonly Step[]) => Promise<Doubt>;
}

interface Round {
  readonly stages: readonly StageResult[];
  readonly notBegun: readonly Stage[];
  readonly stopped?: Exclude<MendResult['stopped'], 'no-consent' | undefined>;
}

async function runPlan(
  services: RunServices,
  plan: Plan,
  known: ReadonlySet<string>,
): Promise<Round> {
  const stages: StageResult[] = [];
  const notBegun: Stage[] = [];
  for (const [index, stage] of plan.stages.entries()) {
    const hasFailed = stages.some(
      (done) => done.stage.remedy === stage.remedy && isFailure(done.verdict),
    );
    if (stage.haltsOnFailure && hasFailed) {
      notBegun.push(stage);
      continue;
    }
    const { stopped, ...result } = await runStage(services, stage, known);
    if (result.steps.length > 0) stages.push(result);
    if (stopped !== undefined) {
      const from = result.steps.length === 0 ? index : index + 1;
      return { stages, notBegun: [...notBegun, ...plan.stages.slice(from)], stopped };
    }
  }
  return { stages, notBegun, ...(notBegun.length > 0 && { stopped: 'halted' }) };
}

function isFailure(verdict: StageVerdict | undefined): boolean {
  return verdict?.verdict === 'did-not-help' || verdict?.verdict === 'made-worse';
}

async function runStage(
  services: RunServices,
  stage: Stage,
  known: ReadonlySet<string>,
): Promise<StageResult & { readonly stopped?: Round['stopped'] }> {
  const { interrupt, lock, onProgress } = services;
  const steps: DoneStep[] = [];
  const soFar = { stage, steps, undone: [] };
  const doubtOf = await services.doubts(stage.steps);
  const block = await blocked(services.world, stage.steps);
  for (const step of stage.steps) {
    if (interrupt.aborted && mayStopAfter(steps)) return { ...soFar, stopped: 'interrupted' };
    if (!(await lock.confirm())) return { ...soFar, stopped: 'lock-lost' };
    if (steps.length === 0) onProgress({ kind: 'stage', stage });
    const why = reasonsFor(stage, step);
    const doubt = block ?? (await doubtOf(step));
    const done: DoneStep =
      doubt === undefined
        ? await runStep(services, step, { remedy: stage.remedy, why })
        : { step, outcome: 'skipped', after: [], reason: doubt };
    steps.push(done);
    onProgress({ kind: 'step', done });
    if (done.outcome === 'unknown') return { ...soFar, stopped: 'state-unknown' };
    if (done.outcome === 'failed') break;
  }
  const verdict =
    failedByItself(stage, steps) ??
    (await verifyStage(
      { ...services, signal: services.world.signal, knownFindings: known },
      stage,
    ));
  onProgress({ kind: 'verdict', stage, verdict });
  await record(services, { stage, steps, verdict });
  if (!isFailure(verdict)) return { ...soFar, verdict };
  return { ...soFar, verdict, undone: await takeBack(services, stage, steps) };
}

/** A change that no finding asked for is not proven by findings that are gone: there its steps are the proof. */
function failedByItself({ treats }: Stage, steps: readonly DoneStep[]): StageVerdict | undefined {
  if (treats.length > 0) return undefined;
  const failed = steps.find(({ outcome }) => outcome === 'failed');
  if (failed !== undefined) {
    return { verdict: 'did-not-help', detail: failed.reason ?? 'It was refused.', left: [] };
  }
  if (steps.some(({ outcome }) => outcome !== 'skipped')) return undefined;
  const detail = 'Nothing was changed, so there is nothing to verify.';
  return { verdict: 'not-known', detail, left: [] };
}

/** The findings that a step is for: those about the same thing, or all of the stage. */
function reasonsFor({ treats }: Stage, { object, node }: Step): Stage['treats'] {
  const same = treats.filter((finding) => finding.object === object && finding.node === node);
  return same.length === 0 ? treats : same;
}

/** Takes back what a stage changed, the last step first. */
async function takeBack(
  services: MendServices,
  stage: Stage,
  steps: readonly DoneStep[],
): Promise<readonly DoneStep[]> {
  const undone: DoneStep[] = [];
  for (const { undo, id } of steps.toReversed()) {
    if (undo === undefined || id === undefined) continue;
    const reason = { remedy: stage.remedy, why: reasonsFor(stage, undo), undoes: id };
    const done = await runStep(services, undo, reason);
    services.onProgress({ kind: 'undo', done });
    undone.push(done);
  }
  return undone;
}

/** Writes the verdict to the audit, and mirrors it as an Event where that is allowed. */
async function record(
  { audit, world, identity }: MendServices,
  { stage, steps, verdict }: { stage: Stage; steps: readonly DoneStep[]; verdict: StageVerdict },
): Promise<void> {
  const changed = steps.filter(({ id }) => id !== undefined);
  for (const { id = '' } of changed) {
    await audit.append({
      v: 1,
      event: 'verdict',
      id,
      at: new Date().toISOString(),
      verdict: verdict.verdict,
      detail: verdict.detail,
    });
  }
  const [first] = changed;
  if (first === undefined || stage.node === undefined) return;
  const what = changed.map(({ step, outcome }) => `${step.title} (${outcome})`).join('; ');
  const message = `selvage ${stage.remedy} by ${identity.who.user}, run ${identity.run}: ${what}. ${verdict.detail}`;
  // Whoever may not create Events still has the audit.
  await leaveEvent(
    world.connection,
    { node: stage.node, reason: 'Mended', message },
    world.signal,
  ).catch(() => undefined);
}
