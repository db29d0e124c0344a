// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { Report } from '#report/report.ts';
import { buildReport, nodeFinding, reportFinding } from '../../testkit/report-builder.ts';
import { renderHtml } from './html/render-report.ts';
import { renderJunit } from './junit/render-report.ts';
import { renderMarkdown } from './markdown/render-report.ts';
import type { RenderOptions } from './render-options.ts';
import { renderSarif } from './sarif/render-report.ts';
import { renderShort } from './short/render-report.ts';
import { renderReport } from './terminal/render-report.ts';

const OPTIONS: RenderOptions = {
  color: false,
  width: 200,
  unicode: true,
  program: 'selvage',
  narrowed: false,
  checks: [
    {
      id: 'route-missing',
      title: 'Route is missing',
      severity: 'critical',
      stability: 'stable',
      judgesPairs: true,
    },
  ],
};

const SUPPRESSED = { reason: 'Being replaced.', expires: '2026-12-31' };
const ENTRY = { check: 'route-missing', ...SUPPRESSED, state: 'used', findings: 1 } as const;
const known = reportFinding({ suppressed: SUPPRESSED });
const news = reportFinding({ peer: 'mac-mini-3' });

const all = buildReport({ findings: [known], suppressions: [ENTRY] });
const some = buildReport({ findings: [known, news], suppressions: [ENTRY] });
const rotten = buildReport({
  suppressions: [
    { ...ENTRY, node: 'a*', state: 'expired', findings: 2, expires: '2025-12-31' },
    { ...ENTRY, peer: 'b', object: 'route x', state: 'unused', findings: 0 },
    { ...ENTRY, state: 'not-judged', findings: 0 },
  ],
});
const WARNINGS = [
  'The suppression of route-missing on a* (Being replaced.) expired on 2025-12-31: 2 findings count again.',
  'The suppression of route-missing towards b for route x (Being replaced.) matches nothing: remove it.',
];

function joined(chunks: Iterable<string>): string {
  return [...chunks].join('');
}

function resultsOf(report: Report): readonly { readonly suppressions?: unknown }[] {
  const log = JSON.parse(joined(renderSarif(report, OPTIONS))) as {
    readonly runs: readonly { readonly results: readonly { readonly suppressions?: unknown }[] }[];
  };
  return log.runs[0]?.results ?? [];
}

describe('the table', () => {
  it('says that the pairs are broken, and that it is all suppressed', () => {
    const [first] = renderReport(all, OPTIONS).split('\n');

    expect(first).toBe(
      '! 1 of 6 node pairs is broken: pods on mac-mini-2 cannot reach pods on mac-mini-1. All of it is suppressed.',
    );
  });

  it('raises the alarm when one of the findings is not suppressed', () => {
    const text = renderReport(some, OPTIONS);

    expect(text).toMatch(/^✗ 2 of 6 node pairs are broken: [^\n]* mac-mini-3\.\n/u);
  });

  it('tells what is suppressed in one line and nowhere else', () => {
    const text = renderReport(some, OPTIONS);

    expect(text).toContain(
      '\n· 1 finding suppressed until 2026-12-31: route-missing. Why: -o json.\n',
    );
    expect(text.match(/expected {2}/gu)).toHaveLength(1);
  });

  it('says of a critical finding that breaks no pair nothing but that line', () => {
    const finding = nodeFinding({ breaks: 'none', suppressed: SUPPRESSED });
    const text = renderReport(buildReport({ findings: [finding], suppressions: [ENTRY] }), OPTIONS);

    expect(text).toMatch(/^✓ 6 of 6 node pairs hold/u);
    expect(text).toContain('1 finding suppressed');
  });

  it('warns of suppressions that have expired or match nothing, and of no other', () => {
    const lines = renderReport(rotten, OPTIONS).split('\n');

    expect(lines.filter((line) => line.startsWith('! '))).toEqual(
      WARNINGS.map((warning) => `! ${warning}`),
    );
  });
});

describe('other forms', () => {
  it('short has the word suppressed for the severity', () => {
    const lines = joined(renderShort(some, OPTIONS)).split('\n');

    expect(lines[0]).toMatch(/^suppressed route-missing node\/mac-mini-2->mac-mini-1 /u);
    expect(lines[0]).toMatch(/ Until 2026-12-31: Being replaced\.$/u);
    expect(lines[1]).toMatch(/^critical /u);
  });

  it('JUnit skips a case whose findings are all suppressed', () => {
    const xml = joined(renderJunit(all));

    expect(xml).toContain('<skipped message="Suppressed until 2026-12-31: Being replaced."/>');
    expect(xml).toContain('failures="0" errors="0" skipped="1"');
  });

  it('JUnit fails a case of which one finding is not suppressed', () => {
    const xml = joined(renderJunit(some));

    expect(xml).not.toContain('<skipped');
    expect(xml).toContain('failures="1" errors="0" skipped="0"');
    expect(xml).toMatch(/<system-out>[^<]*mac-mini-1/u);
  });

  it('JUnit keeps passing cases with an info finding that is suppressed', () => {
    const info = nodeFinding({ severity: 'info', breaks: 'none', suppressed: SUPPRESSED });
    const xml = joined(renderJunit(buildReport({ findings: [info] })));

    expect(xml).toContain('failures="0" errors="0" skipped="0"');
  });

  it('SARIF has an accepted suppression in the result, and none in others', () => {
    const [first, second] = resultsOf(some);

    expect(first?.suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'Being replaced.',
        properties: { expires: '2026-12-31' },
      },
    ]);
    expect(second).not.toHaveProperty('suppressions');
  });

  it('Markdown has a section of its own for them', () => {
    const text = joined(renderMarkdown(all, OPTIONS));

    expect(text).toMatch(/^# ⚠️ 1 of 6 node pairs is broken/u);
    expect(text).toMatch(/## Suppressed\n\n- `route-missing`, until 2026-12-31, because Being/u);
    expect(text).not.toContain('```diff');
  });

  it('HTML lists them apart, and broken pairs lead there', () => {
    const page = joined(renderHtml(all, OPTIONS));

    expect(page).toContain('id="suppressed"');
    expect(page).toContain('href="#s1"');
    expect(page).not.toContain('id="findings"');
  });

  it.each([
    ['Markdown', renderMarkdown],
    ['HTML', renderHtml],
  ] as const)('%s warns of suppressions that have expired or match nothing', (_, render) => {
    const text = joined(render(rotten, OPTIONS)).replaceAll('\\', '');

    expect(text.match(/The suppression of route-missing/gu)).toHaveLength(2);
    expect(text).toContain('expired on 2025-12-31');
  });
});
