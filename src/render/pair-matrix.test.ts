// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type AnyCheck, anyCheck, type NodeCheck } from '#checks/define-check.ts';
import { judge } from '#engine/judge.ts';
import { type Breakage, type Finding, skip, verdictOf } from '#model/finding.ts';
import type { Report } from '#report/report.ts';
import { healthyCluster } from '../../testkit/snapshot-builder.ts';
import { type PairState, pairMatrix } from './pair-matrix.ts';

interface Fault {
  readonly node: string;
  readonly peer: string;
  readonly breaks: Breakage;
}

interface CheckPlan {
  readonly judgesPairs: boolean;
  readonly isPreview: boolean;
  readonly skipped: readonly string[];
  readonly faults: readonly Fault[];
}

const names = ['node1', 'node2', 'node3', 'node4', 'win1'];
const name = fc.constantFrom(...names);
const fault: fc.Arbitrary<Fault> = fc.record({
  node: name,
  peer: name,
  breaks: fc.constantFrom('none', 'pair', 'node'),
});
const plan: fc.Arbitrary<CheckPlan> = fc.record({
  judgesPairs: fc.boolean(),
  isPreview: fc.boolean(),
  skipped: fc.subarray(names),
  faults: fc.array(fault, { maxLength: 4 }),
});

function planned({ judgesPairs, isPreview, skipped, faults }: CheckPlan, index: number): AnyCheck {
  const check: NodeCheck<'nodes', 'routes'> = {
    id: `check-${String(index)}`,
    title: 'Thing is wrong',
    scope: 'node',
    stability: isPreview ? 'preview' : 'stable',
    severity: 'critical',
    messages: { wrong: '{node} is wrong.' },
    needs: { cluster: ['nodes'], node: ['routes'] },
    ...(judgesPairs && { judgesPairs: ['vxlan'] }),
    run: ({ node, atNode }) =>
      skipped.includes(node)
        ? skip('It does not apply.')
        : verdictOf(
            faults
              .filter((each) => each.node === node && each.peer !== node)
              .map(({ peer, breaks }): Finding => ({
                messageId: 'wrong',
                data: {},
                breaks,
                ...(breaks === 'node' ? {} : { peer }),
                expected: 'a thing',
                observed: 'nothing',
                evidence: [atNode('routes')],
              })),
          ),
  };
  return anyCheck(check);
}

/** Counts by looking at every pair, as a reader of the matrix does. */
function counted(report: Report, checks: readonly AnyCheck[]): Report['pairs'] {
  const matrix = pairMatrix(report, textsOf(checks));
  const nodes = matrix?.nodes ?? [];
  const states = nodes.flatMap((from) =>
    nodes.filter((to) => to !== from).map((to) => matrix?.state(from, to)),
  );
  const of = (state: PairState): number => states.filter((each) => each === state).length;
  return { checked: of('whole') + of('broken'), broken: of('broken'), unknown: of('unknown') };
}

function textsOf(checks: readonly AnyCheck[]): Parameters<typeof pairMatrix>[1] {
  return checks.map((check) => ({
    id: check.id,
    judgesPairs: check.scope === 'node' && check.judgesPairs !== undefined,
  }));
}

describe('pairMatrix', () => {
  it('has as many pairs of each state as the report counts, whatever checks say', () => {
    fc.assert(
      fc.property(
        fc.array(plan, { maxLength: 4 }),
        fc.subarray(names.slice(0, 4)),
        fc.option(fc.subarray(names), { nil: undefined }),
        (plans, unread, only) => {
          const cluster = healthyCluster({ nodes: 4, windowsNodes: 1 });
          for (const node of unread) cluster.withoutKernel(node);
          const checks = plans.map(planned);
          const options = { checks, toolVersion: '0.1.0', ...(only && { nodes: only }) };

          const report = judge(cluster.build(), options);

          expect(counted(report, checks)).toEqual(report.pairs);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is not there when no check judges pairs', () => {
    const report = judge(healthyCluster().build(), { checks: [], toolVersion: '0.1.0' });

    expect(pairMatrix(report, [])).toBeUndefined();
  });
});
