// SPDX-License-Identifier: Apache-2.0

import { codeSpan, markdownText } from '../markdown/markdown-text.ts';
import { counted } from '../terminal/names.ts';
import type { Page, PageSection, PageTable } from './page.ts';

/** A page as GitHub Flavored Markdown. */
export function markdownPage({ title, date, summary, sections }: Page): string {
  const head = [`# ${markdownText(title)}`, '', markdownText(date), ''];
  const intro = summary.flatMap((text) => [markdownText(text), '']);
  return `${[...head, ...intro, ...sections.flatMap(sectionLines)].join('\n').trimEnd()}\n`;
}

function sectionLines({ title, paragraphs, table }: PageSection): readonly string[] {
  return [
    `## ${markdownText(title)}`,
    '',
    ...paragraphs.flatMap((text) => [markdownText(text), '']),
    ...(table === undefined ? [] : tableLines(table)),
  ];
}

function tableLines({ columns, rows, left }: PageTable): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [
    line(columns),
    `|${' --- |'.repeat(columns.length)}`,
    ...rows.map(line),
    '',
    ...(left === 0 ? [] : [`… and ${counted(left, 'more row')}; the JSON has all.`, '']),
  ];
}

/** A cell as it is, or, where Markdown would read something into it, as a code span: that stays legible unrendered. */
function cellText(cell: string): string {
  const text = markdownText(cell);
  return text === cell ? text : codeSpan(cell);
}
