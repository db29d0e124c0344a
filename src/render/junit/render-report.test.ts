// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { buildReport, reportFinding } from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import { renderJunit } from './render-report.ts';

function xmlOf(report: Report): string {
  return [...renderJunit(report)].join('');
}

const VERDICTS = buildReport({
  findings: [reportFinding({ node: 'a' })],
  verdicts: [
    { check: 'route-missing', subject: 'node/a', verdict: 'fail' },
    { check: 'route-missing', subject: 'node/b', verdict: 'unknown', reason: 'No answer.' },
    { check: 'route-missing', subject: 'node/c', verdict: 'skip', reason: 'Windows.' },
    { check: 'link-down', subject: 'node/a', verdict: 'pass' },
  ],
});

describe('JUnit', () => {
  it('has a test case per verdict and counts them', () => {
    const xml = xmlOf(VERDICTS);

    expect(xml.match(/<testcase /gu)).toHaveLength(4);
    expect(xml).toContain(
      '<testsuites name="selvage" tests="4" failures="1" errors="1" time="0.400">',
    );
    expect(xml).toMatch(
      /<testsuite name="route-missing" tests="3" failures="1" errors="1" skipped="1" /u,
    );
  });

  it('tells failure, error and skip apart, each with its reason', () => {
    const xml = xmlOf(VERDICTS);

    expect(xml).toContain('<failure type="critical" message="Node a has no route');
    expect(xml).toContain('<error type="unknown" message="No answer."/>');
    expect(xml).toContain('<skipped message="Windows."/>');
    expect(xml).toContain('<property name="finding" value="critical route-missing:a:mac-mini-1"/>');
  });

  it.each([
    ['harmless', { severity: 'info' }],
    ['of a preview', { stability: 'preview' }],
  ] as const)('lets a case with findings that are %s pass, and tells them', (_, fields) => {
    const xml = xmlOf(buildReport({ findings: [reportFinding(fields)] }));

    expect(xml).not.toContain('<failure');
    expect(xml).toContain('<system-out>Node mac-mini-2 has no route');
  });
});
