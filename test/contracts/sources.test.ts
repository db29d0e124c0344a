// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

import { filesBelow, isProductCode, ROOT, textOf } from './repository.ts';

const files = filesBelow();
const code = files.filter((path) => /\.(?:ts|mjs)$/.test(path));
const product = files.filter(isProductCode);
const prose = files.filter(
  (path) => /\.(?:ts|mjs|md|json|ya?ml|sh)$/.test(path) && !path.startsWith('lab/'),
);

/** Where every exported symbol is explained. */
const DOCUMENTED = [/^src\/model\//, /^src\/report\//, /^testkit\//, /\/define-[a-z-]+\.ts$/];

/** Lines that say something: neither blank nor only comment. */
function linesOf(text: string): { readonly code: number; readonly comment: number } {
  const source = text.replace(/^\/\/ SPDX.*\n/, '');
  const lines = source.split('\n').filter((line) => line.trim() !== '');
  const comment = lines.filter((line) => /^\s*(?:\/\/|\/\*|\*)/.test(line)).length;
  return { code: lines.length - comment, comment };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Names of exported declarations without a doc comment right before them. */
function undocumentedExports(path: string): readonly string[] {
  const source = ts.createSourceFile(path, textOf(path), ts.ScriptTarget.ES2023, true);
  return source.statements
    .filter((statement) => ts.canHaveModifiers(statement) && isExported(statement))
    .filter((statement) => ts.getJSDocCommentsAndTags(statement).length === 0)
    .map((statement) => `${path}: ${statement.getText().split('\n')[0] ?? ''}`);
}

function isExported(statement: ts.HasModifiers): boolean {
  return (ts.getModifiers(statement) ?? []).some(
    ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
  );
}

describe('source files', () => {
  it('begin with the licence', () => {
    const without = code.filter(
      (path) => !/^(?:#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n/.test(textOf(path)),
    );

    expect(without).toEqual([]);
  });

  it('are named after their subject', () => {
    const homeless = code.filter((path) =>
      /(?:^|\/)(?:utils?|helpers?|common|lib|shared|misc)(?:\/|\.ts$)/.test(
        path.replace(/^lab\/lib\//, ''),
      ),
    );

    expect(homeless).toEqual([]);
  });

  it('hold no unfinished business', () => {
    const marks = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].map((mark) => `\\b${mark}\\b`).join('|'),
    );

    expect(prose.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });

  it('name no host of a package registry', () => {
    const hosts = new RegExp(
      [
        'npm' + 'js\\.(?:org|com)',
        'proxy\\.go' + 'lang',
        'un' + 'pkg\\.com',
        'deb\\.deb' + 'ian',
      ].join('|'),
    );

    expect(prose.filter((path) => hosts.test(textOf(path)))).toEqual([]);
  });

  it('switch off no rule of lint or types', () => {
    const switches = new RegExp(
      ['eslint-' + 'disable', '@ts-' + '(?:ignore|expect-error|nocheck)'].join('|'),
    );

    expect(code.filter((path) => switches.test(textOf(path)))).toEqual([]);
  });

  it('explain each exported symbol of the vocabulary, the report, the testkit and define-*', () => {
    const documented = code.filter((path) => DOCUMENTED.some((pattern) => pattern.test(path)));

    expect(
      documented.filter((path) => !path.endsWith('.test.ts')).flatMap(undocumentedExports),
    ).toEqual([]);
  });
});

describe('sizes of product code', () => {
  const counted = product.map((path) => ({ path, ...linesOf(textOf(path)) }));
  const sizes = counted.map((each) => each.code).sort((a, b) => a - b);
  const comments = counted.reduce((sum, each) => sum + each.comment, 0);
  const all = comments + sizes.reduce((sum, each) => sum + each, 0);
  const measured = {
    files: sizes.length,
    medianLines: quantile(sizes, 0.5),
    lines95th: quantile(sizes, 0.95),
    longest: sizes.at(-1) ?? 0,
    commentRatio: Number((comments / all).toFixed(3)),
  };

  it('stay within the bounds of a readable file', () => {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    writeFileSync(join(ROOT, '.cache/sizes.json'), `${JSON.stringify(measured)}\n`);

    expect(measured.medianLines).toBeLessThanOrEqual(90);
    expect(measured.lines95th).toBeLessThanOrEqual(300);
    expect(measured.longest).toBeLessThanOrEqual(400);
  });

  it('have comments where they are needed and not everywhere', () => {
    expect(measured.commentRatio).toBeGreaterThanOrEqual(0.08);
    expect(measured.commentRatio).toBeLessThanOrEqual(0.18);
  });
});
