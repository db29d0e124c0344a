// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const LAUNCH = fileURLToPath(new URL('launch.ts', import.meta.url));

/** Starts the launcher in a process that takes itself for another version of Node.js; absent: its own. */
function launch(version?: string): { status: number | null; stdout: string; stderr: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version ?? ''}' } })`;
  const flags = version === undefined ? [] : ['--import', `data:text/javascript,${pretend}`];
  return spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...flags, LAUNCH, 'version'],
    { encoding: 'utf8', env: {} },
  );
}

describe('the launcher', () => {
  it('runs the command line', () => {
    const { status, stdout } = launch();

    expect(stdout).toMatch(/^selvage \d+\.\d+\.\d+\n$/);
    expect(status).toBe(0);
  });

  it('says which Node.js is needed, and ends as after a usage error', () => {
    const { status, stdout, stderr } = launch('20.20.2');

    expect(stderr).toMatch(/^error: Selvage needs Node\.js [\d.]+ or newer; this is 20\.20\.2\.\n/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
