// SPDX-License-Identifier: Apache-2.0

import { mergeConfig, type ViteUserConfig } from 'vitest/config';

import labConfig from '../vitest.config.ts';

/** Every fault that can be mended, by Selvage or by hand; the suite of CI has some of them. */
const config: ViteUserConfig = mergeConfig(labConfig, {
  test: { env: { LAB_MENDING: 'all' } },
});
config.test = { ...config.test, include: ['test/lab/mending/**/*.test.ts'] };

// The test runner asks for a default export.
export default config;
