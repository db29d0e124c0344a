// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
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
const TIMEOUT_MS = 60_000;

interface Scaffold {
  readonly tool: string;
  readonly below: string;
  /** An id that is not taken. */
  readonly id: string;
  readonly code: string;
  /** Generated files that name it afterwards. */
  readonly generated: readonly string[];
  /** An id that is refused for its words, and why. */
  readonly refused: readonly [id: string, reason: string];
}

const SCAFFOLDS: Readonly<Record<string, Scaffold>> = {
  check: {
    tool: 'tools/new-check.ts',
    below: 'src/checks',
    id: 'loopback-link-missing',
    code: 'check',
    generated: ['src/engine/registry.generated.ts', 'docs/checks/README.md'],
    refused: ['check-of-routes', 'without the word check'],
  },
  remedy: {
    tool: 'tools/new-remedy.ts',
    below: 'src/remedies',
    id: 'raise-loopback-link',
    code: 'remedy',
    generated: ['src/engine/remedies.generated.ts', 'docs/remedies/README.md'],
    refused: ['fix-routes', 'without the words remedy and fix'],
  },
};

describe.each(Object.entries(SCAFFOLDS))('npm run new:%s', (_, scaffold) => {
  const { tool, below, id, code, generated, refused } = scaffold;
  const path = `${below}/${id}`;
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
    for (const each of COPIED) cpSync(join(ROOT, each), join(folder, each), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    run(process.execPath, tool, id);
  }, TIMEOUT_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('makes the three files and puts the unit into registry and index', () => {
    for (const file of [`${code}.ts`, `${code}.test.ts`, 'README.md']) {
      expect(existsSync(join(folder, path, file))).toBe(true);
    }
    for (const file of generated) {
      expect(readFileSync(join(folder, file), 'utf8')).toContain(`${id}/`);
    }
  });

  it('makes a unit whose tests pass as it is', { timeout: TIMEOUT_MS }, () => {
    const output = installed('vitest/vitest.mjs', 'run', path);

    expect(output).toMatch(/Tests.* passed/);
  });

  it('makes a unit that compiles', { timeout: TIMEOUT_MS }, () => {
    expect(installed('typescript/bin/tsc', '--build', 'tsconfig.pure.json')).toBe('');
  });

  it('makes a unit that lint and format accept', { timeout: TIMEOUT_MS }, () => {
    expect(installed('eslint/bin/eslint.js', path)).toBe('');
    expect(installed('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', path)).toBe('');
  });

  it.each<readonly [string, string]>([
    [id, 'exists already'],
    ['Loopback', 'is no id'],
    ['one', 'is no id'],
    ['../../escape-here', 'is no id'],
    refused,
  ])('refuses the id %s', (asked, reason) => {
    const result = spawnSync(process.execPath, [tool, asked], { cwd: folder, encoding: 'utf8' });

    expect(result.status).toBe(2);
    expect(result.stderr).toContain(reason);
  });
});
