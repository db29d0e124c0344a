// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditVerdict } from '#audit/audit-record.ts';
import type { AnyCheck } from '#checks/define-check.ts';
import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { type CheckResult, runChecks } from '#engine/run-checks.ts';
import { nodeOf, type Stage, type TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** An ordered pair of nodes. */
export interface NodePair {
  readonly from: string;
  readonly to: string;
}

/** What a packet between pods of two nodes showed; `undefined` when none could be sent. */
export interface PairProof extends NodePair {
  readonly flows: boolean | undefined;
  readonly detail: string;
}

/** Sends packets between pods of nodes. Absent where it is not available: then the entries alone are the proof. */
export type ProvePairs = (
  pairs: readonly NodePair[],
  signal: AbortSignal,
) => Promise<readonly PairProof[]>;

/** What verification reads with. */
export interface VerifyContext {
  /** Reads the cluster facts, and the kernels of these nodes. */
  readonly collect: (nodes: readonly string[] | undefined) => Promise<Snapshot>;
  readonly checks: readonly AnyCheck[];
  readonly provePairs?: ProvePairs | undefined;
  readonly signal: AbortSignal;
  /** Ids of the findings that were there before the first step. */
  readonly knownFindings: ReadonlySet<string>;
}

/** What a stage came to. */
export interface StageVerdict {
  readonly verdict: AuditVerdict;
  /** One or more sentences. */
  readonly detail: string;
  /** Ids of the treated findings that are still there. */
  readonly left: readonly string[];
}

const ATTEMPTS = 3;
const RETRY_MS = 2000;
const SETTLE_POLL_MS = 500;

/**
 * Reads again what a stage touched, judges it again, and sends packets over the pairs that were broken. What cannot
 * be read is asked again a few times: a node that was busy is not one that was not mended.
 */
export async function verifyStage(context: VerifyContext, stage: Stage): Promise<StageVerdict> {
  const until = performance.now() + stage.settlesWithinMs;
  for (let attempt = 1; ; attempt += 1) {
    const verdict = await verifyOnce(context, stage);
    if (verdict.verdict === 'helped') return verdict;
    const maySettle = performance.now() < until;
    const isWorthAsking = verdict.verdict === 'not-known' && attempt < ATTEMPTS;
    if (!maySettle && !isWorthAsking) return verdict;
    await sleep(maySettle ? SETTLE_POLL_MS : RETRY_MS, undefined, { signal: context.signal });
  }
}

async function verifyOnce(context: VerifyContext, stage: Stage): Promise<StageVerdict> {
  const touched = touchedBy(stage);
  const snapshot = await context.collect(touched.length === 0 ? undefined : touched);
  const only = touched.length === 0 ? undefined : new Set(touched);
  const results = runChecks(snapshot, context.checks, only);
  const findings = treatableFindings(results);
  const left = leftOf(stage, findings);
  const worse = findings.filter(
    ({ id, severity }) => severity === 'critical' && !context.knownFindings.has(id),
  );
  if (worse.length > 0) {
    const detail = `Something new is wrong: ${worse.map(({ message }) => message).join(' ')}`;
    return { verdict: 'made-worse', detail, left };
  }
  if (left.length > 0) {
    const detail = `Still there: ${left.join(', ')}.`;
    return { verdict: 'did-not-help', detail, left };
  }
  const unknown = unknownOf(stage, results);
  if (unknown !== undefined) return { verdict: 'not-known', detail: unknown, left };
  return proven(context, stage);
}

/** Nodes to read again, each once; none: all of them. A step on one node may mend others, which the findings name. */
function touchedBy({ node, steps, peers, treats }: Stage): readonly string[] {
  if (node !== undefined) return [...new Set([node, ...peers])];
  const changed = steps.flatMap((step) => nodeOf(step) ?? []);
  if (changed.length === 0) return [];
  return [...new Set([...changed, ...treats.flatMap((each) => each.node ?? [])])];
}

/** What is still there of what a stage is for; one that is for no finding has to leave its node whole. */
function leftOf({ treats, node }: Stage, findings: readonly TreatableFinding[]): readonly string[] {
  if (treats.length === 0) {
    return findings
      .filter((finding) => finding.node === node && finding.severity === 'critical')
      .map(({ id }) => id);
  }
  const ids = new Set(findings.map(({ id }) => id));
  return treats.filter(({ id }) => ids.has(id)).map(({ id }) => id);
}

/** Why a treated finding's check could not be judged again. */
function unknownOf(stage: Stage, results: readonly CheckResult[]): string | undefined {
  for (const { check, node } of stage.treats) {
    const result = results.find((each) => each.check.id === check && each.node === node);
    if (result === undefined) return `${check} was not judged again.`;
    if (result.verdict.verdict === 'unknown') {
      return `${check} could not be judged again: ${result.verdict.reason}`;
    }
  }
  return undefined;
}

async function proven({ provePairs, signal }: VerifyContext, stage: Stage): Promise<StageVerdict> {
  const pairs = pairsOf(stage);
  const entries =
    stage.treats.length === 0
      ? 'nothing grave is found there'
      : `${counted(stage.treats.length, 'finding')} gone`;
  if (provePairs === undefined || pairs.length === 0) {
    return { verdict: 'helped', detail: `${entries}.`, left: [] };
  }
  const proofs = await provePairs(pairs, signal);
  const dead = proofs.filter(({ flows }) => flows === false);
  if (dead.length > 0) {
    const which = dead.map(({ from, to, detail }) => `${from} to ${to} (${detail})`).join(', ');
    return { verdict: 'did-not-help', detail: `No traffic from ${which}.`, left: [] };
  }
  const flowing = proofs.filter(({ flows }) => flows === true).length;
  const detail = `${entries}, traffic flows over ${String(flowing)} of ${counted(pairs.length, 'pair')}.`;
  return { verdict: 'helped', detail, left: [] };
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Both directions of each pair that the findings name: an answer needs the way back. */
function pairsOf({ treats }: Stage): readonly NodePair[] {
  const pairs = treats.flatMap(({ node, peer }) =>
    node === undefined || peer === undefined
      ? []
      : [
          { from: node, to: peer },
          { from: peer, to: node },
        ],
  );
  return [...new Map(pairs.map((pair) => [`${pair.from} ${pair.to}`, pair])).values()];
}
