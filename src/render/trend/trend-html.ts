// SPDX-License-Identifier: Apache-2.0

import type { ContainerTrend, TrendReport } from '#trends/trend-report.ts';

import { markup, type Markup } from '../html/markup.ts';
import { STYLE } from '../html/style.ts';
import { count } from '../terminal/names.ts';
import { trendPicture } from './trend-svg.ts';
import {
  actionSentence,
  containerText,
  dayText,
  headline,
  perWeekText,
  sizeText,
  toLimitText,
  VERDICT_MARKS,
  verdictSentence,
  verdictText,
} from './trend-words.ts';

/** Containers with a picture; the table has all. */
const MOST_PICTURES = 100;

/** Trends as one page that loads nothing and sends nothing. */
export function renderTrendHtml(report: TrendReport): string {
  const { containers, notes, knownFaultsAsOf } = report;
  const title = headline(report);
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
`;
  const body = markup`</head>
<body>
<header><p class="brand">Selvage</p><h1>${title}</h1>${notes.map((note) => markup`<p>${note}</p>`)}</header>
<main>
<section aria-labelledby="all"><h2 id="all">All containers</h2>${table(containers)}</section>
<section aria-labelledby="each"><h2 id="each">One by one</h2>
${containers.slice(0, MOST_PICTURES).map((each) => card(each, knownFaultsAsOf))}</section>
</main>
<footer><p>From ${dayText(report.fromMs)} to ${dayText(report.toMs)}, times in UTC.</p></footer>
</body>
</html>
`;
  return `${text}<style>${STYLE}</style>\n${body.text}`;
}

function table(containers: readonly ContainerTrend[]): Markup {
  const rows = containers.map(
    ({ trend, node, ...each }) => markup`<tr>
<th scope="row">${containerText({ trend, ...each })}</th><td>${node ?? ''}</td><td>${verdictText(trend)}</td>
<td class="number">${trend.levelBytes === undefined ? '' : sizeText(trend.levelBytes)}</td>
<td class="number">${trend.limitBytes === undefined ? '' : sizeText(trend.limitBytes)}</td>
<td class="number">${perWeekText(trend.perWeek)}</td><td>${toLimitText(trend)}</td>
<td class="number">${trend.segments.length}</td></tr>
`,
  );
  const heads = [
    'container',
    'node',
    'verdict',
    'now',
    'limit',
    'a week (95 %)',
    'limit reached in',
    'lives',
  ];
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="All containers"><table class="list">
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function card(each: ContainerTrend, asOf: string): Markup {
  const { trend, actions, weeks, pod, node } = each;
  const place = node === undefined ? '' : ` on ${node}`;
  return markup`<article class="finding ${VERDICT_MARKS[trend.verdict]}">
<h3>${containerText(each)}${place}</h3>
<p>Pod ${pod}. ${verdictSentence(trend)}</p>
${trendPicture(each)}
<div class="scroll" tabindex="0" role="region" aria-label="Weeks of ${containerText(each)}${place}"><table class="list">
<thead><tr><th scope="col">week from</th><th scope="col" class="number">median</th><th scope="col" class="number">peak</th><th scope="col" class="number">restarts</th></tr></thead>
<tbody>${weeks.map(
    ({
      fromMs,
      medianBytes,
      maxBytes,
      restarts,
    }) => markup`<tr><th scope="row">${dayText(fromMs)}</th>
<td class="number">${medianBytes === undefined ? 'not measured' : sizeText(medianBytes)}</td>
<td class="number">${maxBytes === undefined ? '' : sizeText(maxBytes)}</td><td class="number">${count(restarts)}</td></tr>`,
  )}</tbody></table></div>
<ul>${actions.map((action) => markup`<li>${actionSentence(action, asOf)}</li>`)}</ul>
</article>
`;
}
