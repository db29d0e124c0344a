// SPDX-License-Identifier: Apache-2.0

import type { ContainerTrend, TrendReport } from '#trends/trend-report.ts';

import { markup, type Markup } from '../html/markup.ts';
import {
  containerText,
  dayText,
  headline,
  perWeekText,
  sizeText,
  toLimitText,
  verdictText,
} from './trend-words.ts';

const WIDTH = 760;
const HEIGHT = 200;
const LEFT = 70;
const RIGHT = 12;
const TOP = 46;
const BOTTOM = 24;
/** Pictures in one file; what is urgent comes first. */
const MOST_PICTURES = 100;

/** All trends as one picture, one below the other. */
export function renderTrendSvg(report: TrendReport): string {
  const shown = report.containers.slice(0, MOST_PICTURES);
  const height = 30 + shown.length * HEIGHT;
  const pictures = shown.map(
    (each, i) => markup`<g transform="translate(0 ${30 + i * HEIGHT})">${drawing(each)}</g>
`,
  );
  const { text } =
    markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">
<title>${headline(report)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="20" font-size="14">${headline(report)}</text>
${pictures}</svg>
`;
  return text;
}

/** One trend as a picture of its own, for a page. */
export function trendPicture(each: ContainerTrend): Markup {
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${label(each)}" font-family="sans-serif" font-size="12"><rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>${drawing(each)}</svg>`;
}

function label(each: ContainerTrend): string {
  return `${containerText(each)}: ${verdictText(each.trend)}`;
}

function drawing(each: ContainerTrend): Markup {
  const { picture, trend, node } = each;
  const { values, restarts } = picture;
  const { limitBytes, fromMs, toMs } = trend;
  const known = values.filter((value) => value !== null);
  const greatest = Math.max(1, ...known);
  // A limit far above would press the line flat: then it is told in words alone.
  const showsLimit = limitBytes !== undefined && limitBytes < greatest * 2.5;
  const top = Math.max(greatest, showsLimit ? limitBytes : 0) * 1.05;
  const x = (column: number): string =>
    (LEFT + ((WIDTH - LEFT - RIGHT) * column) / Math.max(1, values.length - 1)).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / top).toFixed(1);
  const marks = restarts.map(
    (column) =>
      markup`<line x1="${x(column)}" x2="${x(column)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#8a5300" stroke-dasharray="2 3"/>`,
  );
  const limit = showsLimit
    ? markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(limitBytes)}" y2="${y(limitBytes)}" stroke="#b42318"/>`
    : '';
  const facts = [
    perWeekText(trend.perWeek),
    limitBytes === undefined ? 'no limit known' : `limit ${sizeText(limitBytes)}`,
    `reached in: ${toLimitText(trend)}`,
  ].join(', ');
  return markup`<text x="12" y="16" font-weight="bold">${label(each)}${node === undefined ? '' : ` on ${node}`}</text>
<text x="12" y="34" fill="#556272">${facts}</text>
${[0, greatest].map((value) => markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#dde3ea"/><text x="${LEFT - 6}" y="${y(value)}" text-anchor="end">${sizeText(value)}</text>`)}
${marks}${limit}<path d="${pathOf(values, x, y)}" fill="none" stroke="#0b5cad" stroke-width="1.5"/>
<text x="${LEFT}" y="${HEIGHT - 6}" fill="#556272">${dayText(fromMs)}</text><text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end" fill="#556272">${dayText(toMs)}</text>`;
}

/** A line through what is known, broken where nothing was measured or a life ended. */
function pathOf(
  values: readonly (number | null)[],
  x: (column: number) => string,
  y: (value: number) => string,
): string {
  let isDown = false;
  return values
    .flatMap((value, column) => {
      if (value === null) {
        isDown = false;
        return [];
      }
      const command = isDown ? 'L' : 'M';
      isDown = true;
      return [`${command}${x(column)} ${y(value)}`];
    })
    .join('');
}
