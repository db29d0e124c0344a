// SPDX-License-Identifier: Apache-2.0

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'testkit/**/*.test.ts',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
      'test/{contracts,scenarios,compat}/**/*.test.ts',
    ],
    setupFiles: ['test/setup.ts'],
    // Whatever forgets to say where files go leaves the home of the person alone.
    env: { TZ: 'UTC', HOME: join(tmpdir(), 'selvage-test-home') },
    // A test's own limit is for what never ends, not for a busy machine.
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      reportsDirectory: 'coverage',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/engine/registry.generated.ts'],
    },
  },
});

// eslint-plugin: a configuration file has to export by default, the one place where that is so.
export default config;
