// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { buildReport, reportFinding } from '../../../../testkit/report-builder.ts';
import type { Report } from '#report/report.ts';
import { changeOf, type JudgementChange, judgementOf } from './judgement.ts';

const SUPPRESSED = { reason: 'Being replaced.', expires: '2026-12-31' };

function change(before: Report, after: Report): JudgementChange {
  return changeOf(judgementOf(before), judgementOf(after));
}

describe('the change of a judgement', () => {
  it('is none between two runs that found the same', () => {
    const report = buildReport({ findings: [reportFinding()] });

    expect(change(report, { ...report, finishedAt: '2027-01-01T00:00:00.000Z' })).toEqual({
      appeared: [],
      vanished: [],
    });
  });

  it('is one when a finding becomes graver', () => {
    const { appeared, vanished } = change(
      buildReport({ findings: [reportFinding({ severity: 'warning' })] }),
      buildReport({ findings: [reportFinding({ severity: 'critical' })] }),
    );

    expect(appeared).toEqual([expect.stringMatching(/^critical route-missing node\//u)]);
    expect(vanished).toEqual([expect.stringMatching(/^warning route-missing node\//u)]);
  });

  it('is one when a finding becomes suppressed', () => {
    const { appeared, vanished } = change(
      buildReport({ findings: [reportFinding()] }),
      buildReport({ findings: [reportFinding({ suppressed: SUPPRESSED })] }),
    );

    expect(appeared).toEqual([expect.stringMatching(/^suppressed route-missing node\//u)]);
    expect(vanished).toEqual([expect.stringMatching(/^critical route-missing node\//u)]);
  });
});
