// SPDX-License-Identifier: Apache-2.0

import type { Page } from '#render/document/page.ts';
import type { ClusterDocument, DocumentDiff } from '#report/cluster-document.ts';

import type { DocumentFlags } from './document-flags.ts';

type Format = DocumentFlags['output'];

/** A page in one form. */
export async function documentText(document: ClusterDocument, format: Format): Promise<string> {
  const { documentPage } = await import('#render/document/document-page.ts');
  return textIn(format, document, documentPage);
}

/** What changed, in one form. */
export async function diffText(diff: DocumentDiff, format: Format): Promise<string> {
  const { diffPage } = await import('#render/document/diff-page.ts');
  return textIn(format, diff, diffPage);
}

async function textIn<T>(format: Format, value: T, page: (value: T) => Page): Promise<string> {
  switch (format) {
    case 'json':
    case 'yaml': {
      const { structuredText } = await import('#render/structured/structured-text.ts');
      return structuredText(format, value);
    }
    case 'markdown':
      return (await import('#render/document/markdown-page.ts')).markdownPage(page(value));
    case 'html':
      return (await import('#render/document/html-page.ts')).htmlPage(page(value));
  }
}
