// SPDX-License-Identifier: Apache-2.0

import type { AnyCheck } from '#checks/define-check.ts';
import { joinedNodes } from '#engine/joined-nodes.ts';
import { judgedFacts } from '#engine/judged-facts.ts';
import type { CheckResult } from '#engine/run-checks.ts';
import type { NetConf } from '#model/cluster.ts';
import type { Fact } from '#model/fact.ts';
import type { Finding } from '#model/finding.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ReportPairs } from '#report/report.ts';

/**
 * Counts ordered pairs of nodes that Flannel joins and that were there all along. A pair (from, to) is
 *
 * - broken when a finding about it, or about one of its ends as a whole, says so;
 * - else unknown when a check that judges pairs with the cluster's backend could not judge `from`, or did not
 *   apply to it, or when no check does: an unjudged backend is never whole;
 * - else checked and whole.
 *
 * @param only names of the nodes that were judged: only pairs from these count. Absent means all. Without any
 *   check that judges pairs, no pair counts.
 */
export function countPairs(
  snapshot: Snapshot,
  results: readonly CheckResult[],
  only?: ReadonlySet<string>,
): ReportPairs {
  const { nodes, flannel, netConf } = judgedFacts(snapshot);
  const none = { checked: 0, broken: 0, unknown: 0 };
  const judging = results.filter(({ check }) => backendsOf(check).length > 0);
  if (nodes.state === 'absent' || judging.length === 0) return none;
  const linux = new Set(
    joinedNodes({ nodes, flannel })
      .filter(({ duringRun }) => duringRun === undefined)
      .map(({ name }) => name),
  );
  const { brokenNodes, brokenPairs } = breakages(results, linux);
  const concerned = judging.filter(({ check }) => concerns(check, netConf));
  const unjudged = concerned.length === 0 ? linux : unjudgedNodes(concerned);
  const peers = linux.size - 1;
  const counts = { ...none };
  for (const from of linux) {
    if (only !== undefined && !only.has(from)) continue;
    const broken = brokenNodes.has(from)
      ? peers
      : brokenNodes.size + countOutside(brokenPairs.get(from), brokenNodes);
    const unknown = unjudged.has(from) ? peers - broken : 0;
    counts.broken += broken;
    counts.unknown += unknown;
    counts.checked += peers - unknown;
  }
  return counts;
}

function backendsOf(check: AnyCheck): readonly string[] {
  return check.scope === 'node' ? (check.judgesPairs ?? []) : [];
}

/** While the backend is not known, every check that judges pairs counts. */
function concerns(check: AnyCheck, netConf: Fact<NetConf>): boolean {
  return netConf.state === 'absent' || backendsOf(check).includes(netConf.value.backendType);
}

/** What findings say to be broken. */
export interface Breakages {
  /** Nodes of which every pair is. */
  readonly brokenNodes: ReadonlySet<string>;
  /** To whom, by from whom; of some broken nodes too. */
  readonly brokenPairs: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Nodes and ordered pairs that are broken by what findings say.
 *
 * @param linux names of the nodes whose pairs count
 */
export function breakages(results: readonly CheckResult[], linux: ReadonlySet<string>): Breakages {
  const brokenNodes = new Set<string>();
  const brokenPairs = new Map<string, Set<string>>();
  for (const { check, node, verdict } of results) {
    if (node === undefined || verdict.verdict !== 'fail' || !linux.has(node)) continue;
    if (check.stability === 'preview') continue;
    for (const finding of verdict.findings) note(finding, node);
  }
  return { brokenNodes, brokenPairs };

  function note({ breaks, peer }: Finding, node: string): void {
    if (breaks === 'node') brokenNodes.add(node);
    if (breaks !== 'pair' || peer === undefined || !linux.has(peer)) return;
    const peers = brokenPairs.get(node) ?? new Set();
    brokenPairs.set(node, peers.add(peer));
  }
}

function countOutside(peers: ReadonlySet<string> | undefined, nodes: ReadonlySet<string>): number {
  return [...(peers ?? [])].filter((peer) => !nodes.has(peer)).length;
}

/** Nodes for which one of the results is no judgement. */
function unjudgedNodes(results: readonly CheckResult[]): ReadonlySet<string> {
  return new Set(
    results.flatMap(({ node, verdict }) => {
      const judged = verdict.verdict === 'pass' || verdict.verdict === 'fail';
      return node === undefined || judged ? [] : [node];
    }),
  );
}
