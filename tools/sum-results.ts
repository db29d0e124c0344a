// SPDX-License-Identifier: Apache-2.0

// Adds up result files and prints one line, `N passed, N failed, N skipped`; exit code 1 with a failure.
// A file that is missing or unreadable is a failure: what left no result did not pass.

import { readFileSync } from 'node:fs';

/** What one result file counts. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The fields of vitest's JSON report that count tests. */
interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

const UNREADABLE: Counts = { passed: 0, failed: 1, skipped: 0 };

/** Counts of a result file: vitest's JSON report or `{passed, failed, skipped}`. */
export function countsOf(text: string): Counts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  if (isCounts(value)) return value;
  if (!isVitestReport(value)) return UNREADABLE;
  // A file that does not load fails the run without failing a test.
  const failed = value.numFailedTests === 0 && !value.success ? 1 : value.numFailedTests;
  const skipped = value.numPendingTests + value.numTodoTests;
  return { passed: value.numPassedTests, failed, skipped };
}

/** Sum of counts. */
export function sumOf(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

function isCounts(value: unknown): value is Counts {
  return hasNumbers(value, ['passed', 'failed', 'skipped']);
}

function isVitestReport(value: unknown): value is VitestReport {
  return hasNumbers(value, ['numPassedTests', 'numFailedTests', 'numPendingTests', 'numTodoTests']);
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => Number.isInteger(fields.get(name)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.main) {
  const counts = process.argv.slice(2).map((file) => countsOf(read(file)));
  const { passed, failed, skipped } = sumOf(counts);
  console.log(`${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
