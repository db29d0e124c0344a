// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

import { markup, Markup } from '../html/markup.ts';
import { STYLE } from '../html/style.ts';
import { counted } from '../terminal/names.ts';
import type { Page, PageSection, PageTable } from './page.ts';

/** Nothing but the page's own style may act in it, known by its hash: it can load nothing and run nothing. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
// Made here and not in a template: a formatter that adds white space would change the hash.
const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);

/** A page as HTML that needs nothing else: it can be kept, printed and attached. */
export function htmlPage({ title, date, summary, sections }: Page): string {
  return `${
    markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="referrer" content="no-referrer" />
<title>${title}</title>
${STYLE_ELEMENT}
</head>
<body>
<header>
<p class="brand">Selvage</p>
<div class="hero info">
<h1>${title}</h1>
<p>${date}</p>
${summary.map((text) => markup`<p>${text}</p>`)}
</div>
</header>
<main id="content">
${sections.map(sectionMarkup)}
</main>
<footer>This page loads nothing and sends nothing. It holds names and addresses of your nodes.</footer>
</body>
</html>`.text
  }\n`;
}

function sectionMarkup({ title, paragraphs, table }: PageSection): Markup {
  return markup`<section>
<h2>${title}</h2>
${paragraphs.map((text) => markup`<p>${text}</p>\n`)}${table === undefined ? '' : tableMarkup(title, table)}</section>
`;
}

function tableMarkup(title: string, { columns, rows, left }: PageTable): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
<table class="list">
<thead><tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table>
</div>
${left === 0 ? '' : markup`<p>… and ${counted(left, 'more row')}; the JSON has all.</p>\n`}`;
}
