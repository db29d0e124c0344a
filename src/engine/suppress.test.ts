// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Suppression } from '#model/suppression.ts';
import { buildReport, nodeFinding, reportFinding } from '../../testkit/report-builder.ts';
import { suppress } from './suppress.ts';

const FINDING = reportFinding({ node: 'worker-2', peer: 'worker-1' });
const REPORT = buildReport({ nodes: ['worker-1', 'worker-2'], findings: [FINDING] });

function suppression(parts: Partial<Suppression> = {}): Suppression {
  return { check: 'route-missing', reason: 'Being replaced.', expires: '2026-12-31', ...parts };
}

function isSuppressed(...entries: readonly Suppression[]): boolean {
  return suppress(REPORT, entries).findings[0]?.suppressed !== undefined;
}

describe('what a suppression matches', () => {
  it.each([
    ['the check alone', {}, true],
    ['another check', { check: 'link-down' }, false],
    ['the node', { node: 'worker-2' }, true],
    ['another node', { node: 'worker-1' }, false],
    ['the beginning of the node without an asterisk', { node: 'worker' }, false],
    ['a pattern of the node', { node: 'w*r-*' }, true],
    ['a pattern of which the node has part only', { node: 'w*r-*x' }, false],
    ['a pattern whose parts would overlap', { node: 'worker-2*2' }, false],
    ['the peer', { peer: 'worker-1' }, true],
    ['another peer', { peer: 'worker-2' }, false],
    ['a pattern of the object', { object: 'route 10.244.*' }, true],
    ['a point, which stands for itself', { object: 'route 10.244.3.0.24' }, false],
    ['a pattern of the message', { message: '*no route*' }, true],
    ['node and another peer', { node: 'worker-2', peer: 'worker-3' }, false],
  ])('is %s', (_, parts, expected) => {
    expect(isSuppressed(suppression(parts))).toBe(expected);
  });

  it('is no finding that lacks the field of the pattern', () => {
    const report = buildReport({ findings: [nodeFinding()] });

    const [finding] = suppress(report, [suppression({ peer: '*' })]).findings;

    expect(finding?.suppressed).toBeUndefined();
  });

  it('is every text in which parts of it are replaced by asterisks', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => {
        const text = parts.join('');
        const report = buildReport({ findings: [reportFinding({ node: text })] });

        const [finding] = suppress(report, [
          suppression({ node: parts.map((part, i) => (i % 2 === 0 ? part : '*')).join('') }),
        ]).findings;

        expect(finding?.suppressed).toBeDefined();
      }),
    );
  });
});

describe('a suppression', () => {
  it('holds to the end of its day', () => {
    expect(isSuppressed(suppression({ expires: '2026-01-01' }))).toBe(true);
    expect(isSuppressed(suppression({ expires: '2025-12-31' }))).toBe(false);
  });

  it('gives reason and day to the finding and takes nothing else from the report', () => {
    const report = suppress(REPORT, [suppression()]);

    expect(report).toEqual({
      ...REPORT,
      findings: [{ ...FINDING, suppressed: { reason: 'Being replaced.', expires: '2026-12-31' } }],
      suppressions: [{ ...suppression(), state: 'used', findings: 1 }],
    });
  });

  it('that has expired gives way to one that holds', () => {
    const report = suppress(REPORT, [
      suppression({ expires: '2020-01-01', reason: 'Old.' }),
      suppression({ reason: 'New.' }),
    ]);

    expect(report.findings[0]?.suppressed?.reason).toBe('New.');
    expect(report.suppressions?.map(({ state, findings }) => [state, findings])).toEqual([
      ['expired', 1],
      ['used', 1],
    ]);
  });

  it('that matches nothing is told', () => {
    const [entry] = suppress(REPORT, [suppression({ node: 'worker-1' })]).suppressions ?? [];

    expect(entry?.state).toBe('unused');
  });

  it.each([
    ['did not run', 'link-down', []],
    [
      'is unknown',
      'link-down',
      [{ check: 'link-down', subject: 'node/worker-1', verdict: 'unknown', reason: 'No answer.' }],
    ],
  ] as const)('is not called useless when its check %s', (_, check, verdicts) => {
    const report = buildReport({ nodes: ['worker-1'], verdicts });

    const [entry] = suppress(report, [suppression({ check })]).suppressions ?? [];

    expect(entry?.state).toBe('not-judged');
  });
});
