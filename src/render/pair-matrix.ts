// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';

import type { CheckText } from './render-options.ts';

/**
 * What is known of an ordered pair of nodes.
 *
 * - `whole`: judged, and nothing breaks it.
 * - `broken`: a finding says so.
 * - `unknown`: not judged, with the reason among the verdicts.
 * - `not-asked`: outside of what the person asked for with `--node`; counts nowhere.
 */
export type PairState = 'whole' | 'broken' | 'unknown' | 'not-asked';

/** The state of every ordered pair of Linux nodes of a report. */
export interface PairMatrix {
  /** Names of the Linux nodes, in the report's order. */
  readonly nodes: readonly string[];
  /** State of a pair of two different nodes of `nodes`. */
  state(from: string, to: string): PairState;
  /** The finding that breaks a pair, the gravest first; undefined when none does. */
  cause(from: string, to: string): ReportFinding | undefined;
}

/**
 * Derives the pairs from a report by the rule that the report's own counts follow. A pair (from, to) is
 *
 * - broken when a stable finding with `breaks: pair` is about it, or one with `breaks: node` about one of its ends;
 * - else unknown when a check that judges pairs is unknown or was skipped for `from`, or no check judges them;
 * - else whole. Pairs from a node without any verdict were not asked for.
 *
 * @param checks says which checks judge pairs
 * @returns undefined when the report judges no pairs: fewer than two Linux nodes, or no check that judges them ran
 */
export function pairMatrix(
  report: Report,
  checks: readonly Pick<CheckText, 'id' | 'judgesPairs'>[],
): PairMatrix | undefined {
  if (report.pairs.checked + report.pairs.unknown === 0) return undefined;
  const nodes = report.nodes.filter(({ os }) => os === 'linux').map(({ name }) => name);
  const ofNodes = new Map<string, ReportFinding>();
  const ofPairs = new Map<string, Map<string, ReportFinding>>();
  for (const finding of report.findings) note(finding, ofNodes, ofPairs);
  const { asked, unjudged } = judgedNodes(report, checks);
  const cause = (from: string, to: string): ReportFinding | undefined =>
    asked.has(from)
      ? (ofNodes.get(from) ?? ofNodes.get(to) ?? ofPairs.get(from)?.get(to))
      : undefined;
  return {
    nodes,
    cause,
    state(from, to) {
      if (!asked.has(from)) return 'not-asked';
      if (cause(from, to) !== undefined) return 'broken';
      return unjudged.has(from) ? 'unknown' : 'whole';
    },
  };
}

function note(
  finding: ReportFinding,
  ofNodes: Map<string, ReportFinding>,
  ofPairs: Map<string, Map<string, ReportFinding>>,
): void {
  const { breaks, node, peer, stability } = finding;
  if (stability === 'preview' || node === undefined) return;
  if (breaks === 'node' && !ofNodes.has(node)) ofNodes.set(node, finding);
  if (breaks !== 'pair' || peer === undefined) return;
  const peers = ofPairs.get(node) ?? new Map<string, ReportFinding>();
  if (!peers.has(peer)) peers.set(peer, finding);
  ofPairs.set(node, peers);
}

function judgedNodes(
  { verdicts }: Report,
  checks: readonly Pick<CheckText, 'id' | 'judgesPairs'>[],
): { readonly asked: ReadonlySet<string>; readonly unjudged: ReadonlySet<string> } {
  const judging = new Set(checks.flatMap(({ id, judgesPairs }) => (judgesPairs ? [id] : [])));
  const asked = new Set<string>();
  const unjudged = new Set<string>();
  for (const { check, subject, verdict } of verdicts) {
    if (!subject.startsWith('node/')) continue;
    const node = subject.slice('node/'.length);
    asked.add(node);
    const judged = judging.has(check) && (verdict === 'pass' || verdict === 'fail');
    if (judging.size === 0 || (judging.has(check) && !judged)) unjudged.add(node);
  }
  return { asked, unjudged };
}
