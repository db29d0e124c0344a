// SPDX-License-Identifier: Apache-2.0

// Everything that CI asks for: `npm run verify`. `--without-tests` leaves the tests out,
// `--results FILE` writes the counts as JSON. With CI=true nothing is generated, only compared.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ROOT } from './generated-files.ts';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const inCi = process.env['CI'] === 'true';
const typescript7 = join('node_modules', 'typescript7', 'bin', 'tsc');

const steps: readonly Step[] = [
  { name: 'generate', command: ['node', 'tools/generate.ts', ...(inCi ? ['--check'] : [])] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  {
    name: 'lint',
    command: [
      'eslint',
      '--cache',
      '--cache-location',
      '.cache/eslint/',
      '--max-warnings',
      '0',
      '.',
    ],
  },
  { name: 'types (TypeScript 6)', command: ['tsc', '--build'] },
  {
    name: 'types (TypeScript 7)',
    command: ['node', typescript7, '--project', 'tsconfig.typescript7.json'],
  },
  {
    name: 'architecture',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'testkit'],
  },
  { name: 'unused', command: ['knip'] },
  { name: 'spelling', command: ['cspell', 'lint', '--no-progress', '--no-summary'] },
  { name: 'build', command: ['node', 'tools/build.ts'] },
];
const tests: Step = { name: 'tests', command: ['vitest', 'run'] };

const { values } = parseArgs({
  options: { 'without-tests': { type: 'boolean' }, results: { type: 'string' } },
});

const failed = (values['without-tests'] === true ? steps : [...steps, tests]).filter(
  (step) => !passes(step),
);
const passed = steps.length + (values['without-tests'] === true ? 0 : 1) - failed.length;

if (values.results !== undefined) {
  const file = resolve(values.results);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ passed, failed: failed.length, skipped: 0 })}\n`);
}
if (failed.length > 0) {
  console.error(`verify: failed at ${failed.map(({ name }) => name).join(', ')}`);
  process.exitCode = 1;
}

function passes({ name, command: [program, ...args] }: Step): boolean {
  const started = performance.now();
  const result = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = result.status === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}  ${seconds} s`);
  if (!ok) console.log(`${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trimEnd());
  return ok;
}
