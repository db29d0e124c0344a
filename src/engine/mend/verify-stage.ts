// SPDX-License-Identifier: Apache-2.0

import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditVerdict } from '#audit/audit-record.ts';
import type { AnyCheck } from '#checks/define-check.ts';
import { dnsAnswers } from '#engine/mend/dns-proof.ts';
import { flowsOver, type NodePair } from '#engine/mend/pair-probes.ts';
import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { type CheckResult, runChecks } from '#engine/run-checks.ts';
import { nodeOf, type Stage, type TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';

/** What verification reads with. */
export interface VerifyContext {
  /** Reads the cluster facts and the kernels of these nodes, and sends packets between them; absent: all nodes. */
  readonly collect: (nodes: readonly string[] | undefined) => Promise<Snapshot>;
  readonly checks: readonly AnyCheck[];
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
    ({ id, severity, check }) =>
      severity === 'critical' && !context.knownFindings.has(id) && !isSeenByPackets(check, results),
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
  return proven(stage, snapshot, findings);
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
    // What was wrong with the cluster before is not for a change that nothing found asked for.
    if (node === undefined) return [];
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

/** Packets that get lost elsewhere are seen only once the entries lead there: that was hidden, and is not new. */
function isSeenByPackets(id: string, results: readonly CheckResult[]): boolean {
  const needs = results.find(({ check }) => check.id === id)?.check.needs;
  const node: readonly string[] = needs !== undefined && 'node' in needs ? needs.node : [];
  return node.includes('probes');
}

/** The proof by packets: over each pair that was broken, in both directions, where they could be sent. */
function proven(
  stage: Stage,
  snapshot: Snapshot,
  findings: readonly TreatableFinding[],
): StageVerdict {
  const gone = goneText(stage);
  const pairs = pairsOf(stage).map((pair) => ({ pair, flows: flowsOver(snapshot, pair) }));
  const dead = pairs.filter(({ flows }) => flows === false).map(({ pair }) => pair);
  const unexplained = dead.filter((pair) => !isExplained(pair, findings));
  if (unexplained.length > 0) {
    const detail = `${gone}, but no packet comes through from ${unexplained.map(pairText).join(', ')}.`;
    return { verdict: 'did-not-help', detail, left: [] };
  }
  const dns = dnsAnswers(stage, snapshot);
  if (dns?.isSilent === true) {
    const detail = `${gone}, but the DNS answers none of the ${counted(dns.asked, 'node')} that asked.`;
    return { verdict: 'did-not-help', detail, left: [] };
  }
  const flowing = pairs.filter(({ flows }) => flows === true).length;
  const proof =
    flowing === 0
      ? ''
      : `, packets flow over ${String(flowing)} of ${counted(pairs.length, 'pair')}`;
  const answers =
    dns === undefined
      ? ''
      : `, the DNS answers ${String(dns.answered)} of ${counted(dns.asked, 'node')}`;
  const rest =
    dead.length === 0
      ? ''
      : ` Something else still stops packets from ${dead.map(pairText).join(', ')}: see what is left.`;
  return { verdict: 'helped', detail: `${gone}${proof}${answers}.${rest}`, left: [] };
}

/** A change that no finding asked for is not judged by what was wrong before it. */
function goneText({ treats, node }: Stage): string {
  if (treats.length > 0) return `${counted(treats.length, 'finding')} gone`;
  return node === undefined
    ? 'it is as it was to be, and nothing new is wrong'
    : 'nothing grave is found there';
}

function pairText({ from, to }: NodePair): string {
  return `${from} to ${to}`;
}

/** Whether a finding of its own tells why nothing comes through. */
function isExplained({ from, to }: NodePair, findings: readonly TreatableFinding[]): boolean {
  const about = new Set([from, to]);
  return findings.some(
    ({ node, finding: { peer, breaks } }) =>
      breaks !== 'none' &&
      node !== undefined &&
      about.has(node) &&
      (peer === undefined || about.has(peer)),
  );
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
