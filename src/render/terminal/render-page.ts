// SPDX-License-Identifier: Apache-2.0

import { makeStyle, type Style, type TerminalOptions } from './style.ts';
import { hang } from './wrap.ts';

const INDENT = '  ';
const CODE_INDENT = '      ';

/** A line or paragraph of a page: what it is, and its text without the marks of its kind. */
export type Block =
  | { readonly kind: 'title' | 'heading' | 'paragraph' | 'item'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'blank' };

/**
 * A page of Markdown for a terminal: headings, paragraphs, lists, fenced code, code spans and links; anything
 * else is shown as it is written. Code is left unwrapped, so that it can be copied. Ends with a line feed.
 */
export function renderPage(markdown: string, options: Omit<TerminalOptions, 'narrowed'>): string {
  const style = makeStyle({ ...options, narrowed: false });
  const lines = blocksOf(markdown).flatMap((block) => blockLines(block, style));
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The blocks of a page of Markdown, as far as the pages of checks use it. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let isCode = false;
  for (const line of markdown.split(/\r?\n/u)) {
    if (/^\s*```/u.test(line)) isCode = !isCode;
    else if (isCode) blocks.push({ kind: 'code', text: line });
    else addProse(blocks, line.trim());
  }
  return blocks;
}

function addProse(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  if (line === '') blocks.push({ kind: 'blank' });
  else if (line.startsWith('# ')) blocks.push({ kind: 'title', text: line.slice(2) });
  else if (/^#{2,6} /u.test(line)) {
    blocks.push({ kind: 'heading', text: line.replace(/^#+ /u, '') });
  } else if (/^[-*] /u.test(line)) blocks.push({ kind: 'item', text: line.slice(2) });
  else if (last?.kind === 'paragraph' || last?.kind === 'item') {
    blocks[blocks.length - 1] = { kind: last.kind, text: `${last.text} ${line}` };
  } else blocks.push({ kind: 'paragraph', text: line });
}

function blockLines(block: Block, style: Style): readonly string[] {
  switch (block.kind) {
    case 'blank':
      return [''];
    case 'title':
    case 'heading':
      return [style.bold(style.clean(plain(block.text)))];
    case 'item':
      return hang(`${INDENT}${style.mark('info')}`, style.clean(plain(block.text)), style.width);
    case 'code':
      return [`${CODE_INDENT}${printableCode(block.text, style)}`.trimEnd()];
    case 'paragraph':
      return hang(INDENT, style.clean(plain(block.text)), style.width);
  }
}

/** Keeps the spaces of code, which align its comments; tabs and everything invisible go. */
function printableCode(line: string, style: Style): string {
  return line
    .split(/( +)/u)
    .map((part) => (part.startsWith(' ') ? part : style.clean(part)))
    .join('');
}

/** Links as `text (address)`, without the marks of code spans and emphasis. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/gu, '$1 ($2)')
    .replace(/\[([^\]]+)\]\([^)\s]+\)/gu, '$1')
    .replace(/\*\*([^*]+)\*\*/gu, '$1')
    .replace(/`([^`]+)`/gu, '$1');
}
