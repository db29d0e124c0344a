// SPDX-License-Identifier: Apache-2.0

import { describeCluster } from '#engine/describe.ts';
import { reportFindings } from '#engine/report-findings.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import { type Candidate, ladderOf } from '#engine/mend/ladder.ts';
import { orderStages } from '#engine/mend/order-stages.ts';
import { tooUnknown } from '#engine/mend/too-unknown.ts';
import { definedFields } from '#model/defined-fields.ts';
import {
  PLAN_SCHEMA_VERSION,
  type Plan,
  type PlannedFinding,
  RISKS,
  type Risk,
  type Stage,
  type TreatableFinding,
  targetOf,
  type Untreated,
} from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { AnyRemedy } from '#remedies/define-remedy.ts';

/** What to plan. */
export interface PlanOptions {
  readonly remedies: readonly AnyRemedy[];
  readonly maxRisk: Risk;
  /** Ids of checks or remedies; absent: all. */
  readonly only?: readonly string[] | undefined;
  /** Names of nodes; absent: all. Findings of the cluster are left alone when it is given. */
  readonly nodes?: readonly string[] | undefined;
  /** Remedies that were tried on a finding and did not help, by the finding's id. */
  readonly tried?: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * The smallest plan for a snapshot's findings: for each finding the smallest remedy that serves, each finding
 * treated once, no thing changed twice. Pure: the same snapshot and options give the same plan.
 */
export function planMending(
  snapshot: Snapshot,
  results: readonly CheckResult[],
  options: PlanOptions,
): Plan {
  const everything = treatableFindings(results);
  const findings = everything.filter((finding) => isChosen(finding, options));
  const refusals = findings.length === 0 ? [] : tooUnknown(snapshot);
  const notes: string[] = [];
  const { uid } = describeCluster(snapshot);
  const base = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    kind: 'Plan',
    madeAt: snapshot.finishedAt,
    ...(uid !== undefined && { cluster: uid }),
    maxRisk: options.maxRisk,
  } as const;
  if (refusals.length > 0) {
    const reasons = ['The picture is too unknown to change anything.'];
    const untreated = findings.map((finding) => ({ finding: planned(finding), reasons }));
    return { ...base, stages: [], untreated, notes, refusals };
  }
  const ladders = findings.map((finding) => ({
    finding,
    candidates: ladderOf(finding, findings, snapshot, { ...options, everything }),
  }));
  const chosen = chooseOnce(ladders, options.maxRisk, notes);
  const stages = orderStages(withoutConflicts(chosen.stages, notes), snapshot, notes);
  return { ...base, stages, untreated: chosen.untreated, notes, refusals };
}

/** All findings of a run as remedies take them, gravest first. */
export function treatableFindings(results: readonly CheckResult[]): readonly TreatableFinding[] {
  const sources = new Map(
    results.flatMap(({ check, node, verdict }) =>
      verdict.verdict === 'fail'
        ? verdict.findings.map((finding) => [keyOf(check.id, node, finding), finding] as const)
        : [],
    ),
  );
  return reportFindings(results).map((reported) => {
    const { id, check, severity, node, message } = reported;
    const source = sources.get(keyOf(check, node, reported));
    if (source === undefined) throw new Error(`no source of the finding ${id}`);
    return definedFields({ id, check, severity, node, message, finding: source });
  });
}

function keyOf(
  check: string,
  node: string | undefined,
  { peer, object }: { readonly peer?: string; readonly object?: string },
): string {
  return JSON.stringify([check, node, peer, object]);
}

function isChosen(
  { check, node }: TreatableFinding,
  { only, nodes, remedies }: PlanOptions,
): boolean {
  if (nodes !== undefined && (node === undefined || !nodes.includes(node))) return false;
  if (only === undefined || only.includes(check)) return true;
  return remedies.some(({ id, treats }) => only.includes(id) && treats.includes(check));
}

/** A finding as plans and records of changes carry it. */
export function planned({
  id,
  check,
  severity,
  node,
  message,
  finding,
}: TreatableFinding): PlannedFinding {
  const { peer, object } = finding;
  return definedFields({ id, check, severity, node, peer, object, message });
}

interface Ladder {
  readonly finding: TreatableFinding;
  readonly candidates: readonly Candidate[];
}

interface Choice {
  readonly stages: readonly Stage[];
  readonly untreated: readonly Untreated[];
}

/** Takes for each finding the first remedy that serves and is allowed; one that is taken anyway treats all it can. */
function chooseOnce(ladders: readonly Ladder[], maxRisk: Risk, notes: string[]): Choice {
  const taken = new Map<string, { readonly candidate: Candidate; readonly ladders: Ladder[] }>();
  const untreated: Untreated[] = [];
  for (const ladder of ladders) {
    const candidate = ladder.candidates.find((each) => serves(each, maxRisk));
    if (candidate === undefined) {
      untreated.push(untreatedOf(ladder));
      continue;
    }
    const known = taken.get(candidate.key);
    if (known === undefined) taken.set(candidate.key, { candidate, ladders: [ladder] });
    else known.ladders.push(ladder);
  }
  for (const [key, { candidate, ladders: smaller }] of [...taken]) {
    const stronger = [...taken.values()].find(
      (other) =>
        isStronger(other.candidate, candidate) &&
        smaller.every(({ candidates }) =>
          candidates.some((each) => each.key === other.candidate.key && serves(each, maxRisk)),
        ),
    );
    if (stronger === undefined) continue;
    taken.delete(key);
    stronger.ladders.push(...smaller);
    notes.push(
      `${candidate.remedy.id} is not needed${placeOf(candidate)}: ${stronger.candidate.remedy.id} is, and treats its findings too.`,
    );
  }
  return { stages: [...taken.values()].map(stageOf), untreated };
}

function placeOf({ node }: Candidate): string {
  return node === undefined ? '' : ` on ${node}`;
}

function serves(candidate: Candidate, maxRisk: Risk): boolean {
  return candidate.answer.kind === 'steps' && isAllowed(candidate.remedy.risk, maxRisk);
}

function isAllowed(risk: Risk, maxRisk: Risk): boolean {
  return RISKS.indexOf(risk) <= RISKS.indexOf(maxRisk);
}

function isStronger(a: Candidate, b: Candidate): boolean {
  const byRisk = RISKS.indexOf(a.remedy.risk) - RISKS.indexOf(b.remedy.risk);
  return byRisk > 0 || (byRisk === 0 && a.remedy.invasiveness > b.remedy.invasiveness);
}

function untreatedOf({ finding, candidates }: Ladder): Untreated {
  const manual = candidates.find(({ answer }) => answer.kind === 'manual')?.answer;
  const steps = candidates.find(({ answer }) => answer.kind === 'steps');
  const reasons = candidates.flatMap(({ answer }) =>
    answer.kind === 'declined' ? [answer.reason] : [],
  );
  if (steps !== undefined) {
    const { id, risk } = steps.remedy;
    reasons.push(`${id} would treat it, with the risk "${risk}".`);
  }
  return definedFields({
    finding: planned(finding),
    reasons: reasons.length > 0 || manual !== undefined ? reasons : ['No remedy treats it.'],
    manual: manual?.kind === 'manual' ? manual.manual : undefined,
    needsRisk: steps?.remedy.risk,
  });
}

function stageOf({
  candidate,
  ladders,
}: {
  readonly candidate: Candidate;
  readonly ladders: readonly Ladder[];
}): Stage {
  const { remedy, node } = candidate;
  const answers = ladders.flatMap(({ candidates }) =>
    candidates.filter(({ key, answer }) => key === candidate.key && answer.kind === 'steps'),
  );
  const steps = answers.flatMap(({ answer }) => (answer.kind === 'steps' ? answer.steps : []));
  const peers = ladders.flatMap(({ finding }) => finding.finding.peer ?? []);
  const smaller = ladders.flatMap(({ candidates }) =>
    candidates
      .slice(
        0,
        candidates.findIndex(({ key }) => key === candidate.key),
      )
      .flatMap(({ answer, remedy: { id } }) =>
        answer.kind === 'declined' ? [`${id}: ${answer.reason}`] : [],
      ),
  );
  return definedFields({
    remedy: remedy.id,
    title: remedy.title,
    node,
    risk: remedy.risk,
    disturbance: remedy.disturbance,
    treats: ladders.map(({ finding }) => planned(finding)),
    steps: onceEach(steps),
    whyNotSmaller: remedy.risk === 'none' ? [...new Set(smaller)] : reasons(smaller, ladders),
    settlesWithinMs: remedy.settlesWithinMs ?? 0,
    haltsOnFailure: remedy.haltsOnFailure ?? false,
    peers: [...new Set(peers)].filter((peer) => peer !== node).sort(),
  });
}

/** What disturbs somebody always says why: without a smaller remedy, that there is none. */
function reasons(smaller: readonly string[], ladders: readonly Ladder[]): readonly string[] {
  if (smaller.length > 0) return [...new Set(smaller)];
  const checks = [...new Set(ladders.map(({ finding: { check } }) => check))].toSorted();
  return [`There is no smaller remedy for ${checks.join(' and ')}.`];
}

/** Several findings that one step treats give the step several times. */
function onceEach(steps: Stage['steps']): Stage['steps'] {
  return [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()];
}

/** Of two steps that change the same thing, that of the smaller remedy stays: its stage was taken first. */
function withoutConflicts(stages: readonly Stage[], notes: string[]): readonly Stage[] {
  const owners = new Map<string, string>();
  return stages.flatMap((stage) => {
    const steps = stage.steps.filter((step) => {
      const key = targetOf(step);
      const owner = owners.get(key);
      if (owner === undefined || owner === stage.remedy) {
        owners.set(key, stage.remedy);
        return true;
      }
      notes.push(`${stage.remedy} leaves ${step.object} to ${owner}, which changes it too.`);
      return false;
    });
    return steps.length === 0 ? [] : [{ ...stage, steps }];
  });
}
