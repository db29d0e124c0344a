// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { ladderOf } from '#engine/mend/ladder.ts';
import { treatableFindings } from '#engine/mend/plan-mending.ts';
import { CHECKS } from '#engine/registry.generated.ts';
import { runChecks } from '#engine/run-checks.ts';
import { type Step, targetOf, type TreatableFinding } from '#model/plan.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { AnyRemedy, Proposal } from '#remedies/define-remedy.ts';
import type { SnapshotBuilder } from './snapshot-builder.ts';

/** Cases of a remedy. Each name says what is special about the snapshot; its findings come from the real checks. */
export interface RemedyCases {
  /** Snapshots whose findings it treats, and the whole of its steps, in order; given fields are compared. */
  readonly treats: Readonly<
    Record<string, { readonly snapshot: SnapshotBuilder; readonly steps: readonly Partial<Step>[] }>
  >;
  /** Snapshots whose findings it declines, and why. */
  readonly declines: Readonly<
    Record<string, { readonly snapshot: SnapshotBuilder; readonly reason: string | RegExp }>
  >;
  /** Snapshots for which it tells a person what to do: the lines, in order. */
  readonly manual?: Readonly<
    Record<string, { readonly snapshot: SnapshotBuilder; readonly lines: readonly string[] }>
  >;
}

/**
 * Declares the tests of one remedy, and judges the cases too: steps survive JSON, no step is given twice, the
 * snapshot is not changed, every check that it treats is treated in some case, and without a needed fact it
 * declines. One that is by hand has no case with steps, and every other has one.
 */
export function testRemedy(remedy: AnyRemedy, cases: RemedyCases): void {
  const treated = new Set<string>();

  describe(remedy.id, () => {
    testTreats(remedy, cases.treats, treated);
    testDeclines(remedy, cases.declines);
    testManual(remedy, cases.manual ?? {}, treated);

    it('treats each of its checks in some case', () => {
      expect([...treated].sort()).toEqual([...remedy.treats].sort());
    });

    it('plans steps unless it is by hand', () => {
      expect(Object.keys(cases.treats).length === 0).toBe(remedy.byHand === true);
    });

    it.each(needsOf(remedy))('declines without $fact', ({ where, fact }) => {
      const [first] = [...Object.values(cases.treats), ...Object.values(cases.manual ?? {})];
      if (first === undefined) throw new Error('no case');
      const whole = first.snapshot.build();

      const answers = answersOf(remedy, withdraw(whole, where, fact), findingsOf(whole));

      expect(answers.map(({ proposal }) => proposal.kind)).toEqual(answers.map(() => 'declined'));
      expect(answers).not.toEqual([]);
    });
  });
}

function testTreats(remedy: AnyRemedy, cases: RemedyCases['treats'], treated: Set<string>): void {
  for (const [name, { snapshot, steps }] of Object.entries(cases)) {
    it(`treats: ${name}`, () => {
      const built = snapshot.build();

      const answers = answersOf(remedy, built);

      const given = answers.flatMap(({ proposal }) =>
        proposal.kind === 'steps' ? proposal.steps : [],
      );
      const json = JSON.stringify(given);
      expect(given).toHaveLength(steps.length);
      expect(given).toMatchObject(steps);
      expect(JSON.parse(json)).toEqual(given);
      expect(new Set(given.map(targetOf)).size).toBe(given.length);
      for (const { finding, proposal } of answers) {
        if (proposal.kind !== 'steps') continue;
        for (const { check } of [finding, ...proposal.findings]) treated.add(check);
      }
    });
  }
}

function testDeclines(remedy: AnyRemedy, cases: RemedyCases['declines']): void {
  for (const [name, { snapshot, reason }] of Object.entries(cases)) {
    it(`declines: ${name}`, () => {
      const answers = answersOf(remedy, snapshot.build());

      const reasons = answers.flatMap(({ proposal }) =>
        proposal.kind === 'declined' ? [proposal.reason] : [],
      );
      expect(reasons).toHaveLength(answers.length);
      for (const each of reasons) expect(each).toMatch(reason);
      expect(reasons).not.toEqual([]);
    });
  }
}

function testManual(
  remedy: AnyRemedy,
  cases: NonNullable<RemedyCases['manual']>,
  treated: Set<string>,
): void {
  for (const [name, { snapshot, lines }] of Object.entries(cases)) {
    it(`tells what to do by hand: ${name}`, () => {
      const answers = answersOf(remedy, snapshot.build());

      const told = answers.flatMap(({ finding, proposal }) => {
        if (proposal.kind !== 'manual') return [];
        treated.add(finding.check);
        expect(proposal.manual.verify).not.toEqual([]);
        return proposal.manual.lines;
      });
      expect(told).toEqual(lines);
    });
  }
}

interface Need {
  readonly where: 'cluster' | 'node';
  readonly fact: string;
}

function needsOf(remedy: AnyRemedy): readonly Need[] {
  const cluster: readonly string[] = remedy.needs.cluster;
  const node: readonly string[] = 'node' in remedy.needs ? remedy.needs.node : [];
  return [
    ...cluster.map((fact): Need => ({ where: 'cluster', fact })),
    ...node.map((fact): Need => ({ where: 'node', fact })),
  ];
}

interface Answer {
  readonly finding: TreatableFinding;
  readonly proposal: Proposal;
}

function findingsOf(snapshot: Snapshot): readonly TreatableFinding[] {
  return treatableFindings(runChecks(snapshot, CHECKS));
}

/** The remedy's answer to each finding it treats; an answer to several counts once. */
function answersOf(
  remedy: AnyRemedy,
  snapshot: Snapshot,
  findings: readonly TreatableFinding[] = findingsOf(snapshot),
): readonly Answer[] {
  const seen = new Set<Proposal>();
  return findings
    .filter(({ check }) => remedy.treats.includes(check))
    .flatMap((finding) => {
      const options = { remedies: [remedy], maxRisk: remedy.risk, everything: findings };
      const [candidate] = ladderOf(finding, findings, snapshot, options);
      if (candidate === undefined || seen.has(candidate.answer)) return [];
      seen.add(candidate.answer);
      return [{ finding, proposal: candidate.answer }];
    });
}

function withdraw(snapshot: Snapshot, where: 'cluster' | 'node', fact: string): Snapshot {
  const gone = { state: 'absent', reason: 'forbidden', detail: `The test withdrew ${fact}.` };
  if (where === 'cluster') return { ...snapshot, cluster: { ...snapshot.cluster, [fact]: gone } };
  const nodes = Object.entries(snapshot.nodes).map(([name, facts]) => [
    name,
    { ...facts, [fact]: gone },
  ]);
  return { ...snapshot, nodes: Object.fromEntries(nodes) as Snapshot['nodes'] };
}
