// SPDX-License-Identifier: Apache-2.0

import { printableText } from '../terminal/printable-text.ts';

/**
 * Text from the cluster for a paragraph, heading, list item or table cell of Markdown, where our own words stand
 * before it in the line: nothing in it is markup, a link, or, on GitHub, a mention or a reference.
 */
export function markdownText(text: string): string {
  return printableText(text)
    .replace(/[\\`*_{}[\]()<>#!|~&$^:"]/gu, '\\$&')
    .replace(/\bwww\./giu, (prefix) => `${prefix.slice(0, 3)}\\.`)
    .replace(/[@#]/gu, '$&<!-- -->');
}

/** Text from the cluster as a code span that may stand in a table. */
export function codeSpan(text: string): string {
  const clean = printableText(text).replaceAll('|', '\\|');
  const runs = clean.match(/`+/gu) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = /^`|`$|^ | $/u.test(clean) || clean === '' ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}
