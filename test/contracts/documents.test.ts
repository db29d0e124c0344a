// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

import { generatedFiles } from '../../tools/generated-files.ts';
import { filesBelow, ROOT, textOf } from './repository.ts';

const pages = filesBelow().filter((path) => path.endsWith('.md'));
const decisions = filesBelow('docs/adr').filter((path) => /\/\d{4}-/.test(path));

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** Anchors of a page as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.match(/^#+ .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

/** Links of a page that lead to no file or no heading of the repository. */
function deadLinks(page: string): readonly string[] {
  const links = [...withoutCode(textOf(page)).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(
    (m) => m[1] ?? '',
  );
  return links
    .filter((link) => !/^(?:https?|mailto):/.test(link))
    .filter((link) => !leadsSomewhere(page, link))
    .map((link) => `${page}: ${link}`);
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : normalize(join(dirname(page), decodeURIComponent(file)));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(textOf(target)).has(anchor);
}

describe('pages', () => {
  it('link to files and headings that exist', () => {
    expect(pages.flatMap(deadLinks)).toEqual([]);
  });

  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: object };
    const named = pages.flatMap((page) =>
      [...textOf(page).matchAll(/npm run (?:--silent |-s )?([a-z][a-z:0-9-]*)/g)].map(
        (match) => match[1],
      ),
    );

    expect([...new Set(named)].filter((name) => name !== undefined && !(name in scripts))).toEqual(
      [],
    );
  });
});

describe('generated files', () => {
  it('are what the units give now', async () => {
    const stale = (await generatedFiles()).filter(({ path, text }) => textOf(path) !== text);

    expect(stale.map(({ path }) => path)).toEqual([]);
  });

  it('come out the same twice', async () => {
    expect(await generatedFiles()).toEqual(await generatedFiles());
  });
});

describe('decision records', () => {
  it('are numbered without a gap', () => {
    const numbers = decisions.map((path) => Number(/\/(\d{4})-/.exec(path)?.[1]));

    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it.each(decisions)('%s has title, status, context, decision and consequences', (path) => {
    const headings = textOf(path).match(/^#+ .*$/gm);

    expect(headings?.[0]).toMatch(/^# \d{4} [A-Z]/);
    expect(textOf(path)).toMatch(/^Status: (?:accepted|superseded by \d{4}), \d{4}-\d{2}-\d{2}$/m);
    expect(headings?.slice(1)).toEqual(['## Context', '## Decision', '## Consequences']);
  });
});
