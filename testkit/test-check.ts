// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { AnyCheck, ClusterView, NodeSubjectView, NodeView } from '#checks/define-check.ts';
import { renderMessage } from '#engine/report-findings.ts';
import { type CheckResult, runChecks } from '#engine/run-checks.ts';
import { type AbsentFact, absent } from '#model/fact.ts';
import type { Finding } from '#model/finding.ts';
import { resolveJsonPointer } from '#model/json-pointer.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { SnapshotBuilder } from './snapshot-builder.ts';

/** A finding that a case expects: `node` and `severity` are checked too, the other fields only when given. */
export interface ExpectedFinding {
  /** Absent for cluster checks. */
  readonly node?: string;
  readonly peer?: string;
  readonly severity?: Finding['severity'];
  readonly breaks?: Finding['breaks'];
  readonly object?: string;
  readonly expected?: string;
  readonly observed?: string;
  /** The whole rendered sentence. */
  readonly message?: string;
}

/** Cases of a check. Each name says what is special about the snapshot. Unknown needs no case: the tester makes it. */
export interface CheckCases {
  readonly passes: Readonly<Record<string, SnapshotBuilder>>;
  readonly fails: Readonly<
    Record<
      string,
      { readonly snapshot: SnapshotBuilder; readonly findings: readonly ExpectedFinding[] }
    >
  >;
  readonly skips: Readonly<
    Record<
      string,
      { readonly snapshot: SnapshotBuilder; readonly node?: string; readonly reason: string }
    >
  >;
}

/**
 * Declares the tests of one check, and judges the cases too: findings survive JSON, evidence points at something,
 * messages have no empty placeholder, cases differ, every need is read by some case, and withdrawing a need
 * makes the check unknown.
 */
export function testCheck(check: AnyCheck, cases: CheckCases): void {
  const reads = new Set<string>();
  const recorded = recordReads(check, reads);

  describe(check.id, () => {
    for (const [name, builder] of Object.entries(cases.passes)) {
      it(`passes: ${name}`, () => {
        const results = runChecks(builder.build(), [recorded]);

        expect(results.map(outcome)).toEqual(results.map(() => 'pass'));
        expect(results).not.toEqual([]);
      });
    }

    for (const [name, { snapshot: builder, findings }] of Object.entries(cases.fails)) {
      it(`fails: ${name}`, () => {
        const snapshot = builder.build();

        const results = runChecks(snapshot, [recorded]);

        expectFindings(results, findings);
        for (const finding of findingsOf(results)) expectSound(finding, snapshot);
      });
    }

    for (const [name, { snapshot: builder, node, reason }] of Object.entries(cases.skips)) {
      it(`skips: ${name}`, () => {
        const results = runChecks(builder.build(), [recorded]);

        const result = results.find((each) => each.node === node);
        expect(result?.verdict).toEqual({ verdict: 'skip', reason });
      });
    }

    it('has cases that differ, at least one that fails, and one of each kind', () => {
      const snapshots = [
        ...Object.values(cases.passes),
        ...Object.values(cases.fails).map((each) => each.snapshot),
        ...Object.values(cases.skips).map((each) => each.snapshot),
      ].map((builder) => JSON.stringify(builder.build()));

      expect(new Set(snapshots).size).toBe(snapshots.length);
      expect(Object.keys(cases.passes)).not.toEqual([]);
      expect(Object.keys(cases.fails)).not.toEqual([]);
    });

    it('reads every fact it needs in some case', () => {
      const declared = [...check.needs.cluster, ...('node' in check.needs ? check.needs.node : [])];

      expect([...reads].sort()).toEqual([...declared].sort());
    });

    for (const need of needsOf(check)) {
      it(`is unknown without ${need.fact}`, () => {
        const [builder] = Object.values(cases.passes);
        if (builder === undefined) throw new Error('no passing case');
        const snapshot = withdraw(builder.build(), need);

        const results = runChecks(snapshot, [check]);

        expect(results.map(outcome)).toEqual(results.map(() => 'unknown'));
        expect(results).not.toEqual([]);
      });
    }
  });
}

interface Need {
  readonly where: 'cluster' | 'node';
  readonly fact: string;
}

function needsOf(check: AnyCheck): readonly Need[] {
  const cluster: readonly string[] = check.needs.cluster;
  const node: readonly string[] = 'node' in check.needs ? check.needs.node : [];
  return [
    ...cluster.map((fact): Need => ({ where: 'cluster', fact })),
    ...node.map((fact): Need => ({ where: 'node', fact })),
  ];
}

function withdraw(snapshot: Snapshot, { where, fact }: Need): Snapshot {
  const gone: AbsentFact = absent('forbidden', `The test withdrew ${fact}.`);
  if (fact === 'netConfDrift') return withdraw(snapshot, { where, fact: 'netConf' });
  if (where === 'cluster') return { ...snapshot, cluster: { ...snapshot.cluster, [fact]: gone } };
  const nodes = Object.entries(snapshot.nodes).map(([name, facts]) => [
    name,
    { ...facts, [fact]: gone },
  ]);
  return { ...snapshot, nodes: Object.fromEntries(nodes) as Snapshot['nodes'] };
}

function recordReads(check: AnyCheck, reads: Set<string>): AnyCheck {
  const spy = <T extends object>(record: T): T =>
    new Proxy(record, {
      get: (target, name, receiver) => {
        if (typeof name === 'string') reads.add(name);
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
  return check.scope === 'cluster'
    ? {
        ...check,
        run: (view: ClusterView<never>) => check.run({ ...view, cluster: spy(view.cluster) }),
      }
    : {
        ...check,
        ...(check.notApplicable === undefined
          ? {}
          : {
              notApplicable: (view: NodeSubjectView<never>) =>
                check.notApplicable?.({ ...view, cluster: spy(view.cluster) }),
            }),
        run: (view: NodeView<never, never>) =>
          check.run({ ...view, cluster: spy(view.cluster), facts: spy(view.facts) }),
      };
}

function outcome({ verdict }: CheckResult): string {
  if (verdict.verdict === 'fail') return `fail ${JSON.stringify(verdict.findings)}`;
  return verdict.verdict;
}

interface LocatedFinding {
  readonly check: AnyCheck;
  readonly node: string | undefined;
  readonly finding: Finding;
}

function findingsOf(results: readonly CheckResult[]): readonly LocatedFinding[] {
  return results.flatMap(({ check, node, verdict }) =>
    verdict.verdict === 'fail' ? verdict.findings.map((finding) => ({ check, node, finding })) : [],
  );
}

function expectFindings(
  results: readonly CheckResult[],
  expected: readonly ExpectedFinding[],
): void {
  const actual = findingsOf(results).map(({ check, node, finding }) => ({
    ...(node === undefined ? {} : { node }),
    ...(finding.peer === undefined ? {} : { peer: finding.peer }),
    severity: finding.severity ?? check.severity,
    breaks: finding.breaks,
    object: finding.object,
    expected: finding.expected,
    observed: finding.observed,
    message: renderMessage(check, node, finding),
  }));

  expect(actual).toHaveLength(expected.length);
  expect(actual).toMatchObject(expected);
  expect(actual.map(({ node, peer }) => [node, peer])).toEqual(
    expected.map(({ node, peer }) => [node, peer]),
  );
}

function expectSound({ check, node, finding }: LocatedFinding, snapshot: Snapshot): void {
  const json = JSON.stringify(finding);
  expect(JSON.parse(json)).toEqual(finding);
  expect(finding.evidence).not.toEqual([]);
  for (const pointer of finding.evidence) {
    expect(resolveJsonPointer(snapshot, pointer), pointer).not.toBeUndefined();
  }
  expect(Object.keys(check.messages)).toContain(finding.messageId);
  expect(renderMessage(check, node, finding)).not.toMatch(/[{}]/);
}
