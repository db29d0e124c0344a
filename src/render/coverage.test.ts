// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { buildReport, reportNode } from '../../testkit/report-builder.ts';
import { coverageOf } from './coverage.ts';

const PASSED = { check: 'route-missing', subject: 'node/a', verdict: 'pass' } as const;
const UNKNOWN = {
  check: 'route-missing',
  subject: 'node/b',
  verdict: 'unknown',
  reason: 'It did not answer.',
} as const;
const SKIPPED = {
  check: 'route-missing',
  subject: 'node/b',
  verdict: 'skip',
  reason: 'The backend is not vxlan.',
} as const;

describe('coverageOf', () => {
  it('is all when every verdict is known', () => {
    expect(coverageOf(buildReport(), false)).toBe('all');
  });

  it('is some when one verdict is unknown', () => {
    const report = buildReport({ nodes: ['a', 'b'], verdicts: [PASSED, UNKNOWN] });

    expect(coverageOf(report, false)).toBe('some');
  });

  it('is some when node pairs are unknown although no verdict is', () => {
    const report = buildReport({ pairs: { checked: 4, broken: 0, unknown: 2 } });

    expect(coverageOf(report, false)).toBe('some');
  });

  it('is all when the person asked for part, and the rest of the pairs is unknown', () => {
    const report = buildReport({ pairs: { checked: 2, broken: 0, unknown: 4 } });

    expect(coverageOf(report, true)).toBe('all');
  });

  it('is none when nothing was judged', () => {
    const report = buildReport({ nodes: ['a', 'b'], verdicts: [UNKNOWN, SKIPPED] });

    expect(coverageOf(report, false)).toBe('none');
  });

  it('is none when the nodes are not known although a check of the cluster passed', () => {
    const report = buildReport({ nodes: [], verdicts: [{ ...PASSED, subject: 'cluster' }] });

    expect(coverageOf(report, false)).toBe('none');
  });

  it('is none when other checks passed but no node pair was judged', () => {
    const report = buildReport({ pairs: { checked: 0, broken: 0, unknown: 6 } });

    expect(coverageOf(report, false)).toBe('none');
  });

  it('is some when no check applies to a Linux node', () => {
    const report = buildReport({ nodes: ['a', 'b'], verdicts: [PASSED, SKIPPED] });

    expect(coverageOf(report, false)).toBe('some');
  });

  it('is all when no check applies to a Windows node', () => {
    const nodes = ['a', reportNode({ name: 'b', os: 'windows' })];
    const report = buildReport({ nodes, verdicts: [PASSED, SKIPPED] });

    expect(coverageOf(report, false)).toBe('all');
  });
});
