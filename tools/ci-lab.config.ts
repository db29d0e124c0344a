// SPDX-License-Identifier: Apache-2.0

import { mergeConfig, type ViteUserConfig } from 'vitest/config';

import { MeasurementReporter } from '../test/lab/measurement-reporter.ts';
import labConfig from '../test/lab/vitest.config.ts';

/**
 * Two rollouts and what takes them back last four minutes, an installation that waits for its first Job nearly two:
 * `npm run test:lab` has them, CI says that it has not.
 */
const TOO_LONG = ['test/lab/limits.test.ts', 'test/lab/mending/scheduled-restart.test.ts'];

/** The lab suite as CI runs it: with counts for the closing line beside what a person reads. */
const config: ViteUserConfig = mergeConfig(labConfig, {
  test: { outputFile: { json: '.cache/ci/lab.json' }, exclude: TOO_LONG },
});
// Merging joins lists: a reporter named twice would print twice.
config.test = { ...config.test, reporters: ['default', 'json', new MeasurementReporter()] };

// The test runner asks for a default export.
export default config;
