// SPDX-License-Identifier: Apache-2.0

import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

import { MeasurementReporter } from './measurement-reporter.ts';

/**
 * The end-to-end suite: the built command line against a real Kubernetes and Flannel (`lab/`).
 * One lab per machine, so one file and one test at a time. Needs root and `lab build`.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    globalSetup: ['test/lab/running-lab.ts'],
    reporters: ['default', new MeasurementReporter()],
    fileParallelism: false,
    maxWorkers: 1,
    sequence: { concurrent: false, shuffle: false },
    testTimeout: 120_000,
    // A fault, its settling, two checks and the heal (node-crash: 25 s until NotReady, 20 s to come back).
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // The suite checks clusters that are gone an hour later.
    env: { TZ: 'UTC', SELVAGE_NO_HISTORY: '1' },
  },
});

// The test runner asks for a default export.
export default config;
