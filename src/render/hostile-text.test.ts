// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { format } from 'prettier';
import * as htmlParser from 'prettier/plugins/html';
import * as markdownParser from 'prettier/plugins/markdown';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { HOSTILE_FRAGMENTS, reportOf } from '../../testkit/hostile-report.ts';
import { renderHtml } from './html/render-report.ts';
import { renderJunit } from './junit/render-report.ts';
import { renderMarkdown } from './markdown/render-report.ts';
import type { RenderOptions } from './render-options.ts';
import { renderSarif } from './sarif/render-report.ts';
import { renderShort } from './short/render-report.ts';
import { renderWide } from './wide/render-report.ts';
import { renderYaml } from './yaml/render-report.ts';

const OPTIONS: RenderOptions = {
  color: false,
  width: 100,
  unicode: true,
  program: 'selvage',
  narrowed: false,
  checks: [
    {
      id: 'route-missing',
      title: 'Route is missing',
      severity: 'critical',
      stability: 'stable',
      judgesPairs: true,
    },
  ],
};

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE_FRAGMENTS), fc.string({ unit: 'binary' })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));

const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const benign = reportOf((field) => field);

/** A hostile report keeps the benign names in front, so that nothing merges or sorts in another way. */
function poisoned(text: string): typeof benign {
  return reportOf((field) => `${field}${text}`);
}

function always(property: (text: string) => void): void {
  for (const fragment of HOSTILE_FRAGMENTS) property(fragment);
  fc.assert(fc.property(hostile, property), { numRuns: 30 });
}

function joined(chunks: Iterable<string>): string {
  return [...chunks].join('');
}

/** Tags with the names of their attributes, in order; everything between quotes is left out. */
function tagsOf(text: string): readonly string[] {
  const tags = text.match(/<(?:"[^"]*"|[^">])*>/gu) ?? [];
  return tags.map((tag) => tag.replace(/"[^"]*"/gu, '""'));
}

/** Kinds of the nodes of a tree of Markdown, in order, without the texts. */
function kindsOf(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null || !('type' in node)) return [];
  const children = 'children' in node && Array.isArray(node.children) ? node.children : [];
  return [String(node.type), ...children.flatMap(kindsOf)];
}

async function markdownTree(text: string): Promise<readonly string[]> {
  let kinds: readonly string[] = [];
  const { markdown } = markdownParser.parsers;
  const spy = {
    ...markdown,
    parse: async (source: string, options: Parameters<typeof markdown.parse>[1]) => {
      const tree: unknown = await markdown.parse(source, options);
      kinds = kindsOf(tree);
      return tree;
    },
  };
  await format(text, {
    parser: 'markdown',
    plugins: [{ ...markdownParser, parsers: { markdown: spy } }],
  });
  // Runs of text and the empty comments between them are one thing to a reader.
  return kinds.filter((kind) => !['text', 'sentence', 'word', 'whitespace', 'html'].includes(kind));
}

describe('hostile text in every field', () => {
  it('leaves the elements of the HTML page as they are', () => {
    const expected = tagsOf(joined(renderHtml(benign, OPTIONS)));

    always((text) => {
      const page = joined(renderHtml(poisoned(text), OPTIONS));

      expect(tagsOf(page)).toEqual(expected);
      expect(page.replaceAll('\n', '')).not.toMatch(INVISIBLE);
    });
  });

  it('leaves an HTML page that a parser takes', async () => {
    const page = joined(renderHtml(poisoned(HOSTILE_FRAGMENTS.join('')), OPTIONS));

    await expect(format(page, { parser: 'html', plugins: [htmlParser] })).resolves.toContain(
      '</html>',
    );
  });

  it('leaves the elements of JUnit as they are, with no character that XML forbids', () => {
    const expected = tagsOf(joined(renderJunit(benign)));

    always((text) => {
      const xml = joined(renderJunit(poisoned(text)));

      expect(tagsOf(xml)).toEqual(expected);
      expect(xml.replace(/<(?:"[^"]*"|[^">])*>/gu, '')).not.toMatch(/[<>]|&(?!\w+;|#39;)/u);
      expect(xml.replaceAll('\n', '')).not.toMatch(INVISIBLE);
    });
  });

  it('leaves the structure of the Markdown as it is', async () => {
    const expected = await markdownTree(joined(renderMarkdown(benign, OPTIONS)));

    for (const fragment of HOSTILE_FRAGMENTS) {
      const text = joined(renderMarkdown(poisoned(fragment), OPTIONS));

      expect([fragment, ...(await markdownTree(text))]).toEqual([fragment, ...expected]);
    }
  });

  it('leaves the lines of the Markdown as they are, and no markup of its own', () => {
    const lines = joined(renderMarkdown(benign, OPTIONS)).split('\n').length;

    always((text) => {
      const markdown = joined(renderMarkdown(poisoned(text), OPTIONS));

      expect(markdown.split('\n').length).toBe(lines);
      expect(markdown.replace(/\uFE0F|\n/gu, '')).not.toMatch(INVISIBLE);
    });
  });

  it('leaves SARIF valid JSON with as many results, and no placeholder or link', () => {
    always((text) => {
      const sarif = joined(renderSarif(poisoned(text), OPTIONS));
      const log = JSON.parse(sarif) as {
        runs: { results: { message: { text: string } }[] }[];
      };
      const messages = log.runs[0]?.results.map(({ message }) => message.text) ?? [];

      expect(messages.length).toBe(benign.findings.length);
      expect(messages.join('').replace(/\{\{|\}\}/gu, '')).not.toMatch(/[{}]/u);
      expect(messages.join('').replace(/\\[\\[\]]/gu, '')).not.toMatch(/[[\]\\]/u);
      expect(sarif.replaceAll('\n', '')).not.toMatch(INVISIBLE);
    });
  });

  it('comes back from YAML as it was, and nothing in it is invisible', () => {
    always((text) => {
      const report = poisoned(text);
      const yaml = joined(renderYaml(report));

      expect(parse(yaml)).toEqual(report);
      expect(yaml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
    });
  });

  it.each(['yes', 'off', 'null', '0777', '1:20', '1_000', '2026-01-01', '~', '<<', '&a *a'])(
    'stays the text %j for readers of YAML 1.1 and 1.2',
    (text) => {
      const report = reportOf(() => text);

      const yaml = joined(renderYaml(report));

      expect(parse(yaml, { version: '1.1' })).toEqual(report);
      expect(parse(yaml)).toEqual(report);
    },
  );

  it('makes no line of its own in the short form', () => {
    always((text) => {
      const lines = joined(renderShort(poisoned(text), OPTIONS)).split('\n');

      expect(lines.length).toBe(benign.findings.length + 2 + 1);
      expect(lines.join('')).not.toMatch(INVISIBLE);
      expect(lines.slice(0, -1).join('\n')).toMatch(
        /^(?:(?:critical|warning|info|unknown|suppressed) [a-z-]+ \S+ .*(?:\n|$))+$/u,
      );
    });
  });

  it('brings no control character into the wide form', () => {
    always((text) => {
      const wide = joined(renderWide(poisoned(text), OPTIONS));

      expect(wide.replaceAll('\n', '')).not.toMatch(INVISIBLE);
    });
  });
});
