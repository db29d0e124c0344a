// SPDX-License-Identifier: Apache-2.0

import { mergeConfig, type ViteUserConfig } from 'vitest/config';

import labConfig from '../test/lab/vitest.config.ts';

/** The lab suite as CI runs it: with its own reporters, and with counts for the closing line. */
const config: ViteUserConfig = mergeConfig(labConfig, {
  test: { reporters: ['json'], outputFile: { json: '.cache/ci/lab.json' } },
});

// The test runner asks for a default export.
export default config;
