// SPDX-License-Identifier: Apache-2.0

import type { Reporter, TestModule } from 'vitest/node';

import { summarise } from './measurements.ts';

/** Prints what the tests measured, after the results. */
export class MeasurementReporter implements Reporter {
  /** Called by the runner after the last test. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => Object.entries(test.meta().measurementsMs ?? {}))
      .map(([what, values]) => `  ${what}: ${summarise(values)} ms (${values.length} values)`);
    if (lines.length === 0) return;
    process.stdout.write(`\nMeasured (min / median / max):\n${lines.join('\n')}\n`);
  }
}
