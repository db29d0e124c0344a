// SPDX-License-Identifier: Apache-2.0

import { format } from 'prettier';
import * as htmlParser from 'prettier/plugins/html';
import * as markdownParser from 'prettier/plugins/markdown';
import { describe, expect, it } from 'vitest';

import type { ClusterDocument, DocumentDiff } from '#report/cluster-document.ts';

import { HOSTILE_FRAGMENTS } from '../../../testkit/hostile-report.ts';
import { diffPage } from './diff-page.ts';
import { documentPage } from './document-page.ts';
import { htmlPage } from './html-page.ts';
import { markdownPage } from './markdown-page.ts';

/** A page in which every text from the outside is made by `words`. */
function documentOf(words: (text: string) => string): ClusterDocument {
  const start = { sharedWith: [], evidence: words('evidence') };
  const node = {
    name: words('node1'),
    roles: [words('worker')],
    internalIPs: [words('192.0.2.1')],
    externalIPs: [],
    podCIDRs: [words('10.244.1.0/24')],
    os: 'linux',
    osImage: words('Debian'),
    kernel: words('6.18'),
    kubelet: words('v1.34'),
    runtime: words('containerd'),
    createdAt: words('2026-11-01'),
    boot: start,
  };
  return {
    schemaVersion: 1,
    kind: 'ClusterDocument',
    made: { at: '2026-11-24T12:00:00.000Z', tool: '1.0.0', context: words('prod'), server: 's' },
    content: {
      cluster: { uid: words('uid') },
      nodes: [node],
      restart: { state: 'unknown', why: words('why') },
      flannel: { kind: 'embedded', annotationPrefix: words('prefix') },
      netConf: [{ name: 'Network', value: words('net') }],
      workloads: [],
      versions: [{ component: 'kubelet', version: words('v1'), nodes: [words('node1')] }],
      changes: [],
      unread: [{ what: words('part'), why: words('reason') }],
    },
  };
}

const plain = documentPage(documentOf((text) => text));

describe('a page', () => {
  it('says in one line alone when it was made', () => {
    const later = documentOf((text) => text);
    const made = { ...later.made, at: '2026-12-24T12:00:00.000Z' };

    const [first, second] = [plain, documentPage({ ...later, made })].map((page) =>
      markdownPage(page).split('\n'),
    );

    expect(second?.filter((line, index) => line !== first?.[index])).toEqual([
      expect.stringContaining('2026-12-24'),
    ]);
  });

  it('tells that a table was cut', () => {
    const one = documentOf((text) => text);
    const [node] = one.content.nodes;
    const nodes = Array.from({ length: 503 }, (_, index) => ({
      ...node,
      name: `n${String(index)}`,
    }));
    const many = { ...one, content: { ...one.content, nodes: nodes as typeof one.content.nodes } };

    expect(markdownPage(documentPage(many))).toContain('… and 3 more rows; the JSON has all.');
  });

  it('loads and runs nothing as HTML', () => {
    const html = htmlPage(plain);

    expect(html).toContain('default-src &#39;none&#39;');
    expect(html).not.toMatch(/<script|https?:|src=/);
  });
});

describe('text of a cluster', () => {
  it.each(HOSTILE_FRAGMENTS)('is text and nothing else in a page: %j', async (fragment) => {
    const page = documentPage(documentOf((text) => `${text}${fragment}`));

    const [html, markdown] = [htmlPage(page), markdownPage(page)];

    const tags = (text: string): readonly string[] => text.match(/<\/?[a-z0-9]+/gi) ?? [];
    expect(tags(html)).toEqual(tags(htmlPage(plain)));
    expect(markdown.split('\n').length).toBe(markdownPage(plain).split('\n').length);
    const shape = (text: string): readonly string[] => text.match(/^(?:#+ |\| |- )/gm) ?? [];
    expect(shape(markdown)).toEqual(shape(markdownPage(plain)));
    await expect(format(html, { parser: 'html', plugins: [htmlParser] })).resolves.toBeDefined();
    await expect(
      format(markdown, { parser: 'markdown', plugins: [markdownParser] }),
    ).resolves.toBeDefined();
  });
});

describe('what changed', () => {
  const diff: DocumentDiff = {
    schemaVersion: 1,
    kind: 'DocumentDiff',
    before: '2026-11-01T00:00:00.000Z',
    after: '2026-11-24T12:00:00.000Z',
    sections: [
      {
        section: 'nodes',
        added: [{ what: 'node node4', fields: [{ name: 'os', value: 'linux' }] }],
        removed: [],
        changed: [{ what: 'node node2', field: 'kubelet', before: 'v1.34.4', after: 'v1.35.0' }],
      },
    ],
  };

  it('is a table with what was before and what is now', () => {
    const text = markdownPage(diffPage(diff));

    expect(text).toContain('1 thing added and 1 field changed.');
    expect(text).toContain('| added | node node4 |  | `os: linux` |');
    expect(text).toContain('| changed | `node node2: kubelet` | v1.34.4 | v1.35.0 |');
  });

  it('says so when nothing did', () => {
    expect(diffPage({ ...diff, sections: [] }).title).toBe('Nothing changed');
  });
});
