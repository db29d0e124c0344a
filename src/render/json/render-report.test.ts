// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildReport, reportFinding } from '../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import { renderJson, renderJsonLine } from './render-report.ts';

function jsonOf(report: Report): string {
  return [...renderJson(report)].join('');
}

describe('renderJson', () => {
  it('is laid out as JSON with two spaces', () => {
    const report = buildReport({ findings: [reportFinding(), reportFinding({ peer: 'x' })] });

    expect(jsonOf(report)).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  it('comes in chunks when it is long', () => {
    const findings = Array.from({ length: 1000 }, () => reportFinding());
    const lengths = [...renderJson(buildReport({ findings }))].map((chunk) => chunk.length);

    expect(Math.max(...lengths)).toBeLessThan(70_000);
    expect(lengths.length).toBeGreaterThan(5);
  });

  it('gives back the same report when parsed, whatever the cluster says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const report = buildReport({ findings: [reportFinding({ message })] });

        expect(JSON.parse(jsonOf(report))).toEqual(report);
      }),
    );
  });

  it('writes nothing invisible but its line feeds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const report = buildReport({ findings: [reportFinding({ message })] });

        expect(jsonOf(report).replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u,
        );
      }),
    );
  });
});

describe('renderJsonLine', () => {
  it('gives back the same report from one line without anything invisible', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const report = buildReport({ findings: [reportFinding({ message }), reportFinding()] });
        const [line, ...rest] = [...renderJsonLine(report)].join('').split('\n');

        expect(rest).toEqual(['']);
        expect(JSON.parse(line ?? '')).toEqual(report);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 50 },
    );
  });
});
