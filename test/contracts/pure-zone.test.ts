// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { ROOT } from './repository.ts';

const PROBE = join(ROOT, 'src/model/probe.ts');

/** Codes and words of what the compiler says about a text as if it were a file of the pure zone. */
function compile(text: string): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.pure.json'), (path) =>
    ts.sys.readFile(path),
  ) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const readFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === PROBE
      ? ts.createSourceFile(name, text, languageVersion)
      : readFile(name, languageVersion, ...rest);
  const program = ts.createProgram([PROBE], { ...options, noEmit: true }, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Messages of ESLint about a text as if it were a file of the pure zone. */
async function lint(text: string): Promise<readonly string[]> {
  const eslint = new ESLint({
    cwd: ROOT,
    ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
  });
  // A file that exists, because typed linting asks the compiler's project for it.
  const [result] = await eslint.lintText(text, { filePath: 'src/model/fact.ts' });
  if (result === undefined || result.fatalErrorCount > 0)
    throw new Error('the text was not linted');
  return result.messages.map(({ message }) => message);
}

describe('the compiler in the pure zone', () => {
  it('accepts plain code', () => {
    expect(compile('export const answer: number = Math.max(1, 2);')).toEqual([]);
  });

  it.each([
    ['node:fs', `import { readFileSync } from 'node:fs'; export const x: unknown = readFileSync;`],
    ['process', 'export const x: unknown = process.env;'],
    ['console', 'console.log(1); export const x: number = 1;'],
    ['fetch', 'export const x: unknown = fetch;'],
    ['setTimeout', 'setTimeout(() => undefined, 1); export const x: number = 1;'],
    ['Buffer', 'export const x: unknown = Buffer;'],
    ['performance', 'export const x: unknown = performance.now();'],
    ['document', 'export const x: unknown = document;'],
  ])('rejects %s', (name, text) => {
    expect(compile(text)).toEqual([expect.stringContaining(name)]);
  });
});

describe('lint in the pure zone', () => {
  it('accepts plain code', async () => {
    const messages = await lint('export const at: Date = new Date(0);\n');

    expect(messages).toEqual([]);
  });

  it.each([
    ['Date.now', 'export const x: number = Date.now();'],
    ['new Date without an argument', 'export const x: Date = new Date();'],
    ['Date called as a function', 'export const x: string = Date();'],
    ['Math.random', 'export const x: number = Math.random();'],
    ['async functions', 'export async function x(): Promise<void> {}'],
    ['promises', 'export const x: unknown = new Promise(() => undefined);'],
    ['default exports', 'export default 1;'],
    ['barrels', `export * from './fact.ts';`],
    ['casts through unknown', 'export const x: string = 1 as unknown as string;'],
  ])('rejects %s', async (_, text) => {
    const messages = await lint(text);

    expect(messages).not.toEqual([]);
  });
});
