// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import type { HealthItem, HealthReport } from '#report/health-report.ts';

import { HOSTILE_FRAGMENTS } from '../../../testkit/hostile-report.ts';
import { buildReport } from '../../../testkit/report-builder.ts';
import { markdownPage } from '../document/markdown-page.ts';
import { healthPage } from './health-page.ts';
import { renderHealthText } from './health-text.ts';

function item(given: Partial<HealthItem>): HealthItem {
  return { id: 'nodes', title: 'Nodes', state: 'well', summary: '3 nodes', lines: [], ...given };
}

function reportOf(...items: readonly HealthItem[]): HealthReport {
  const check = buildReport();
  return {
    schemaVersion: 1,
    kind: 'HealthReport',
    routine: 'daily',
    tool: check.tool,
    cluster: { context: 'prod', server: 'prod.example:6443' },
    startedAt: check.startedAt,
    finishedAt: check.finishedAt,
    since: check.startedAt,
    items,
    check,
  };
}

function linesOf(report: HealthReport): readonly string[] {
  return renderHealthText(report, 'selvage').split('\n').slice(0, -1);
}

describe('the text of a routine', () => {
  it('begins with a line that can be a subject', () => {
    const [first] = linesOf(
      reportOf(
        item({ state: 'warning', title: 'Pods', summary: '2 pods not' }),
        item({ state: 'critical', title: 'Flannel', summary: '4 of 6 node pairs hold' }),
        item({ state: 'note', title: 'Restarts', summary: '1 container restarted' }),
      ),
    );

    expect(first).toBe('CRITICAL daily prod: Flannel: 4 of 6 node pairs hold and Pods: 2 pods not');
  });

  it('is well with notes alone', () => {
    const [first] = linesOf(reportOf(item({}), item({ state: 'note', title: 'Restarts' })));

    expect(first).toBe('OK daily prod: 3 nodes');
  });

  it.each([1, 8, 11])('has at most 60 lines with %d things that each have much to say', (count) => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${String(index)} `.repeat(99));
    const items = Array.from({ length: count }, () => item({ state: 'critical', lines }));

    const text = linesOf(reportOf(...items));

    expect(text.length).toBeLessThanOrEqual(60);
    expect(text.filter((line) => /^ {2}\.\.\. and \d+ more$/.test(line))).toHaveLength(count);
    expect(Math.max(...text.map(({ length }) => length))).toBeLessThanOrEqual(160);
    expect(text[0]?.length).toBeLessThanOrEqual(120);
  });

  it.each(HOSTILE_FRAGMENTS)('keeps what a cluster says to its own line: %j', (fragment) => {
    const report = reportOf(
      item({ state: 'critical', summary: `bad ${fragment}`, lines: [`more ${fragment}`] }),
    );
    const plain = reportOf(item({ state: 'critical', summary: 'bad', lines: ['more'] }));

    expect(linesOf(report)).toHaveLength(linesOf(plain).length);
    expect(linesOf(report).join('')).not.toMatch(/\p{Cc}/u);
    expect(markdownPage(healthPage(report)).split('\n')).toHaveLength(
      markdownPage(healthPage(plain)).split('\n').length,
    );
  });
});
