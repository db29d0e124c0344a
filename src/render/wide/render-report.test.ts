// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { buildReport, reportFinding } from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import { renderWide } from './render-report.ts';

function textOf(report: Report, width = 100, unicode = true): string {
  const checks = [
    {
      id: 'route-missing',
      title: 'Route is missing',
      severity: 'critical',
      stability: 'stable',
      judgesPairs: true,
    },
  ] as const;
  const options = { color: false, width, unicode, program: 'selvage', narrowed: false, checks };
  return [...renderWide(report, options)].join('');
}

const INCIDENT = buildReport({
  findings: [reportFinding(), reportFinding({ peer: 'mac-mini-3' })],
});

describe('the wide form', () => {
  it('shows every pair of a small cluster', () => {
    expect(textOf(INCIDENT)).toContain(
      [
        'Node pairs, from the row to the column',
        '               1 2 3',
        '  1 mac-mini-1 - ✓ ✓',
        '  2 mac-mini-2 ✗ - ✗',
        '  3 mac-mini-3 ✓ ✓ -',
      ].join('\n'),
    );
  });

  it('is ASCII, in columns, on a terminal that is', () => {
    const text = textOf(INCIDENT, 100, false);

    expect(text).toMatch(/^[\n\x20-\x7e]*$/u);
    expect(text).toMatch(/2 mac-mini-2 X+ +- +X/u);
  });

  it('tells of 200 nodes only what does not hold', () => {
    const nodes = Array.from({ length: 200 }, (_, index) => `n${String(index)}`);
    const findings = [
      ...nodes.slice(1).map((peer) => reportFinding({ node: 'n0', peer })),
      reportFinding({ node: 'n7', peer: 'n9' }),
    ];

    const text = textOf(buildReport({ nodes, findings }));

    expect(text.split('Node pairs')[1]?.split('\n').slice(1)).toEqual([
      '  Reach no other node: n0.',
      '       2',
      '  1 n7 ✗',
      '  Columns: 2 n9',
      '  Every other pair holds.',
      '',
    ]);
  });

  it('lists who does not reach whom where the table would be too wide', () => {
    const nodes = Array.from({ length: 60 }, (_, index) => `n${String(index)}`);
    const findings = nodes
      .slice(1)
      .map((peer, index) => reportFinding({ node: nodes[index] ?? '', peer }));

    const text = textOf(buildReport({ nodes, findings }), 60);

    expect(text).toContain('  ✗ n0 to n1\n  ✗ n1 to n2\n');
    expect(text).toContain('... and 19 more rows of 59: -o json.');
  });

  it('has no matrix when no pair was judged', () => {
    const report = buildReport({ nodes: ['a'], pairs: { checked: 0, broken: 0, unknown: 0 } });

    expect(textOf(report)).not.toContain('Node pairs');
  });
});
