// SPDX-License-Identifier: Apache-2.0

import { blocksOf } from '../terminal/render-page.ts';
import { escapeMarkup } from '../markup-text.ts';
import { markup, Markup } from './markup.ts';

/** What a reader of an attached report needs no second time, or cannot open. */
const LEFT_OUT = /^(?:References|What is wrong)$/u;

/** The page of a check, in Markdown, as HTML: headings, paragraphs, lists and code; links as their text alone. */
export function checkPageHtml(markdown: string): Markup {
  const parts: Markup[] = [];
  let code: string[] = [];
  let isLeftOut = true;
  const endCode = (): void => {
    if (code.length > 0) parts.push(new Markup(`<pre>${escapeMarkup(code.join('\n'))}</pre>`));
    code = [];
  };
  for (const { kind, ...block } of blocksOf(markdown)) {
    const text = 'text' in block ? block.text : '';
    if (kind === 'heading') isLeftOut = LEFT_OUT.test(text);
    if (isLeftOut) continue;
    if (kind === 'code') {
      code.push(text);
      continue;
    }
    endCode();
    if (kind === 'heading') parts.push(markup`<h4>${text}</h4>`);
    else if (kind === 'item') parts.push(markup`<p>• ${inline(text)}</p>`);
    else if (kind === 'paragraph') parts.push(markup`<p>${inline(text)}</p>`);
  }
  endCode();
  return markup`<div class="page">${parts}</div>`;
}

function inline(text: string): readonly Markup[] {
  return text
    .replace(/\[([^\]]+)\]\([^)\s]+\)/gu, '$1')
    .replace(/\*\*([^*]+)\*\*/gu, '$1')
    .split('`')
    .map(
      (part, index) =>
        new Markup(index % 2 === 0 ? escapeMarkup(part) : `<code>${escapeMarkup(part)}</code>`),
    );
}
