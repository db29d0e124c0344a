// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck, ClusterCheck, NodeCheck, Pointer } from '#checks/define-check.ts';
import { judgedFacts, judgedPointer } from '#engine/judged-facts.ts';
import { outsideFlannel } from '#expected/flannel-scheduling.ts';
import { joiningNodes } from '#expected/joining-nodes.ts';
import type { NodeObject } from '#model/cluster.ts';
import type { Fact } from '#model/fact.ts';
import { PASS, skip, type Verdict, verdictOf } from '#model/finding.ts';
import { jsonPointer } from '#model/json-pointer.ts';
import { type NodeFactName, type NodeFactRecord, type Snapshot, nowOf } from '#model/snapshot.ts';

/** One check's answer for one subject; `unknown` is the engine's: a needed fact is absent. */
export interface CheckResult {
  readonly check: AnyCheck;
  /** Name of the node; absent for cluster checks, and for node checks when the nodes themselves are unknown. */
  readonly node?: string;
  readonly verdict: Verdict | { readonly verdict: 'unknown'; readonly reason: string };
}

/**
 * Runs checks over a snapshot. A check sees only the facts it names; a missing one makes that subject unknown,
 * with the reason, and nobody else.
 *
 * @param only names of the nodes to judge; absent means all.
 */
export function runChecks(
  snapshot: Snapshot,
  checks: readonly AnyCheck[],
  only?: ReadonlySet<string>,
): readonly CheckResult[] {
  return checks.flatMap((check) =>
    check.scope === 'cluster'
      ? [runClusterCheck(snapshot, check)]
      : runNodeCheck(snapshot, check, only),
  );
}

function runClusterCheck(snapshot: Snapshot, check: ClusterCheck<never>): CheckResult {
  const gathered = gather(judgedFacts(snapshot), check.needs.cluster);
  if ('reason' in gathered) return unknown(check, gathered.reason);
  const view = {
    now: nowOf(snapshot),
    cluster: gathered.facts,
    atCluster: judgedPointer(snapshot.cluster),
  };
  return { check, verdict: check.run(view) };
}

function runNodeCheck(
  snapshot: Snapshot,
  check: NodeCheck<never>,
  only: ReadonlySet<string> | undefined,
): readonly CheckResult[] {
  const { nodes } = snapshot.cluster;
  if (nodes.state === 'absent') return [unknown(check, sentence('nodes', nodes))];
  const cluster = gather(judgedFacts(snapshot), check.needs.cluster);
  const atCluster = judgedPointer(snapshot.cluster);
  const turnover = turnoverOf(nodes.value);
  const joining = check.awaitsFlanneld === true ? joiningOf(snapshot) : NO_NODES;
  return nodes.value
    .filter(({ name }) => only === undefined || only.has(name))
    .map(({ name: node, duringRun }) => {
      if (duringRun !== undefined) return { check, node, verdict: skip(turnoverText(duringRun)) };
      if ('reason' in cluster) return unknown(check, cluster.reason, node);
      const subject = {
        now: nowOf(snapshot),
        cluster: cluster.facts,
        atCluster,
        node,
      };
      const notApplicable = check.notApplicable?.(subject);
      if (notApplicable !== undefined) return { check, node, verdict: skip(notApplicable) };
      const gathered = gather(snapshot.nodes[node] ?? NO_FACTS, check.needs.node);
      if ('reason' in gathered) {
        const outside = outsideOf(snapshot, node);
        if (outside !== undefined) return { check, node, verdict: skip(outside) };
        return unknown(check, gathered.reason, node);
      }
      const peerFacts = (peer: string): object =>
        observedFacts(snapshot.nodes[peer], check.needs.peers ?? []);
      const view = { ...subject, facts: gathered.facts, atNode: nodePointer(node), peerFacts };
      return {
        check,
        node,
        verdict: withGrace(withoutTurnover(check.run(view), turnover), node, joining),
      };
    });
}

/** Why what could not be read of a node is none of flannel's: it has no business there. */
function outsideOf({ cluster: { nodes, flannel } }: Snapshot, node: string): string | undefined {
  if (nodes.state === 'absent' || flannel.state === 'absent') return undefined;
  return outsideFlannel({ nodes: nodes.value, flannel: flannel.value }, node);
}

type Turnover = NonNullable<NodeObject['duringRun']>;

function turnoverOf(nodes: readonly NodeObject[]): ReadonlyMap<string, Turnover> {
  return new Map(
    nodes.flatMap(({ name, duringRun }): (readonly [string, Turnover])[] =>
      duringRun === undefined ? [] : [[name, duringRun]],
    ),
  );
}

function turnoverText(duringRun: Turnover): string {
  return `The node ${duringRun} while the run went on.`;
}

/**
 * Drops what is said of a peer that came or went: a node was read before or after it learnt of that. What is left is
 * of the nodes that stayed, whose pairs alone count.
 */
function withoutTurnover(verdict: Verdict, turnover: ReadonlyMap<string, Turnover>): Verdict {
  if (verdict.verdict !== 'fail' || turnover.size === 0) return verdict;
  const isOther = (peer: string | undefined): boolean => peer === undefined || !turnover.has(peer);
  const kept = verdict.findings.filter(({ peer }) => isOther(peer));
  return kept.length > 0 ? verdictOf(kept) : PASS;
}

const NO_NODES: ReadonlySet<string> = new Set();

function joiningOf(snapshot: Snapshot): ReadonlySet<string> {
  const { nodes, flannelPods } = snapshot.cluster;
  if (nodes.state === 'absent') return NO_NODES;
  return joiningNodes({
    nodes: nodes.value,
    now: nowOf(snapshot),
    ...(flannelPods.state === 'observed' && { flannelPods: flannelPods.value }),
  });
}

/** Drops what is said of nodes that are just joining; a verdict of which nothing is left is no pass. */
function withGrace(verdict: Verdict, node: string, joining: ReadonlySet<string>): Verdict {
  if (verdict.verdict !== 'fail' || joining.size === 0) return verdict;
  const isNew = (name: string | undefined): boolean => name !== undefined && joining.has(name);
  const kept = isNew(node) ? [] : verdict.findings.filter(({ peer }) => !isNew(peer));
  if (kept.length > 0) return verdictOf(kept);
  const peers = verdict.findings.flatMap(({ peer }) => (isNew(peer) ? [peer] : []));
  const names = isNew(node) ? [node] : [...new Set(peers)];
  return skip(
    `${names.join(', ')} joined less than 2 minutes ago, and flanneld has only just started there or is about to.`,
  );
}

const NO_FACTS: Partial<NodeFactRecord> = {};

function nodePointer(node: string): Pointer<string> {
  return (fact, ...path) => jsonPointer('nodes', node, fact, 'value', ...path);
}

function unknown(check: AnyCheck, reason: string, node?: string): CheckResult {
  const verdict = { verdict: 'unknown' as const, reason };
  return node === undefined ? { check, verdict } : { check, node, verdict };
}

/** Those of some facts that are there. */
function observedFacts(record: NodeFactRecord | undefined, names: readonly NodeFactName[]): object {
  return Object.fromEntries(
    names.flatMap((name) => {
      const fact = record?.[name];
      return fact?.state === 'observed' ? [[name, fact.value]] : [];
    }),
  );
}

type Gathered = { readonly facts: Readonly<Record<string, unknown>> } | { readonly reason: string };

/** The values of the needed facts, or one sentence per absent one. */
function gather(
  record: Readonly<Record<string, Fact<unknown> | undefined>>,
  needs: readonly string[],
): Gathered {
  const facts: Record<string, unknown> = {};
  const missing: string[] = [];
  for (const name of needs) {
    const fact = record[name];
    if (fact?.state === 'observed') facts[name] = fact.value;
    else missing.push(sentence(name, fact));
  }
  return missing.length === 0 ? { facts } : { reason: [...new Set(missing)].join(' ') };
}

function sentence(name: string, fact: Fact<unknown> | undefined): string {
  if (fact?.state !== 'absent') return `${name}: not collected.`;
  const detail = fact.detail.endsWith('.') ? fact.detail : `${fact.detail}.`;
  return `${name}: ${detail}`;
}
