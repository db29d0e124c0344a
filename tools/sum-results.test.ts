// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from 'vitest';

import { countsOf, sumOf } from './sum-results.ts';

const vitest = {
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 2,
};

describe('countsOf', () => {
  it('takes counts as they are', () => {
    const text = JSON.stringify({ passed: 3, failed: 1, skipped: 2 });

    expect(countsOf(text)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('reads the report of vitest', () => {
    expect(countsOf(JSON.stringify(vitest))).toEqual({ passed: 5, failed: 0, skipped: 3 });
  });

  it('counts a run that failed without a failed test', () => {
    const text = JSON.stringify({ ...vitest, success: false });

    expect(countsOf(text).failed).toBe(1);
  });

  it.each(['', 'no JSON', '{}', 'null', '{"passed":1}', '{"passed":1.5,"failed":0,"skipped":0}'])(
    'counts an unreadable result as a failure: %s',
    (text) => {
      expect(countsOf(text)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    },
  );
});

describe('sumOf', () => {
  it('adds each count', () => {
    const counts = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];

    expect(sumOf(counts)).toEqual({ passed: 11, failed: 22, skipped: 33 });
  });
});
