// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ROOT } from './repository.ts';

const COPIED = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.pure.json',
  'tsconfig.node.json',
  'tsconfig.test.json',
  'tsconfig.json',
  'eslint.config.mjs',
  'vitest.config.ts',
  '.prettierrc',
  'src/model',
  'src/expected',
  'src/report',
  'src/alerts',
  'src/resources',
  'src/trends',
  'src/history',
  'src/checks',
  'src/collectors',
  'src/actuators',
  'src/audit',
  'src/remedies',
  'src/sources',
  'src/render',
  'src/engine',
  'testkit',
  'tools',
  'test/setup.ts',
];
const ID = 'loopback-link-missing';
const TIMEOUT_MS = 60_000;

describe('npm run new:check', () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/scaffold-'));

  /** Output of a program in the copy; throws with it when the program fails. */
  function run(program: string, ...args: readonly string[]): string {
    const result = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    const output = `${result.stdout}${result.stderr}`;
    if (result.status !== 0)
      throw new Error(`${program} ended with ${String(result.status)}: ${output}`);
    return output;
  }

  function installed(bin: string, ...args: readonly string[]): string {
    return run(process.execPath, join(ROOT, 'node_modules', bin), ...args);
  }

  beforeAll(() => {
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    run(process.execPath, 'tools/new-check.ts', ID);
  }, TIMEOUT_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the three files and puts the check into registry and index', () => {
    const diff = spawnSync(
      'grep',
      ['-l', ID, 'src/engine/registry.generated.ts', 'docs/checks/README.md'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );

    for (const file of ['check.ts', 'check.test.ts', 'README.md']) {
      expect(existsSync(join(folder, 'src/checks', ID, file))).toBe(true);
    }
    expect(diff.stdout.trim().split('\n')).toHaveLength(2);
  });

  it('makes a check whose tests pass as it is', { timeout: TIMEOUT_MS }, () => {
    const output = installed('vitest/vitest.mjs', 'run', `src/checks/${ID}`);

    expect(output).toMatch(/Tests.* passed/);
  });

  it('makes a check that compiles', { timeout: TIMEOUT_MS }, () => {
    expect(installed('typescript/bin/tsc', '--build', 'tsconfig.pure.json')).toBe('');
  });

  it('makes a check that lint and format accept', { timeout: TIMEOUT_MS }, () => {
    const path = `src/checks/${ID}`;

    expect(installed('eslint/bin/eslint.js', path)).toBe('');
    expect(installed('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', path)).toBe('');
  });

  it.each([
    [ID, 'exists already'],
    ['Loopback', 'is no id'],
    ['one', 'is no id'],
    ['../../escape-here', 'is no id'],
    ['check-of-routes', 'without the word check'],
  ])('refuses the id %s', (id, reason) => {
    const result = spawnSync(process.execPath, ['tools/new-check.ts', id], {
      cwd: folder,
      encoding: 'utf8',
    });

    expect(result.status).toBe(2);
    expect(result.stderr).toContain(reason);
  });
});
