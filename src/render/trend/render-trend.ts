// SPDX-License-Identifier: Apache-2.0

import type { ContainerTrend, TrendReport } from '#trends/trend-report.ts';
import type { MemoryWeek } from '#trends/weekly-table.ts';

import { counted } from '../terminal/names.ts';
import { makeStyle, type Style, type TerminalOptions } from '../terminal/style.ts';
import { columns, hang } from '../terminal/wrap.ts';
import { terminalChart } from './terminal-chart.ts';
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

/** Containers that are told of at length when nothing is wrong with them; more would hide what is. */
const MOST_STABLE_AT_LENGTH = 6;
/** Containers told of at length at all. */
const MOST_AT_LENGTH = 50;
const MOST_WEEKS = 12;
const INDENT = '  ';

/** Trends for a person: a table of all, then what is worth more words. */
export function renderTrend(report: TrendReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const { containers } = report;
  const moving = containers.filter(({ trend }) => trend.verdict !== 'stable');
  const few = containers.length <= MOST_STABLE_AT_LENGTH;
  const atLength = (few ? containers : moving).slice(0, MOST_AT_LENGTH);
  const rest = (few ? containers : moving).length - atLength.length;
  const lines = [
    ...hang('', style.clean(`${headline(report)}.`), style.width).map((line) => style.bold(line)),
    ...report.notes.flatMap((note) => hang(style.mark('info'), style.clean(note), style.width)),
    '',
    ...table(containers, style),
    ...atLength.flatMap((container) => ['', ...section(container, report, { style, options })]),
    ...(rest > 0 ? ['', `… and ${counted(rest, 'more container')}: see -o json.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const HEAD = [
  'verdict',
  'container',
  'node',
  'now',
  'limit',
  'a week',
  'limit reached in',
  'lives',
];

function table(containers: readonly ContainerTrend[], style: Style): readonly string[] {
  const rows = containers.map((each): readonly string[] => {
    const { trend, node } = each;
    return [
      `${style.mark(VERDICT_MARKS[trend.verdict])}${verdictText(trend)}`,
      style.clean(containerText(each)),
      style.clean(node ?? '-'),
      trend.levelBytes === undefined ? '-' : sizeText(trend.levelBytes),
      trend.limitBytes === undefined ? '-' : sizeText(trend.limitBytes),
      perWeekText(trend.perWeek),
      toLimitText(trend),
      String(trend.segments.length),
    ];
  });
  const widths = HEAD.map((head, i) =>
    Math.max(...[HEAD, ...rows].map((row) => columns(row[i] ?? head))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - columns(cell)))
      .join('  ')
      .trimEnd();
  return [
    style.faint(line(HEAD)),
    ...rows.map((row, i) =>
      style.tint(VERDICT_MARKS[containers[i]?.trend.verdict ?? 'stable'], line(row)),
    ),
  ];
}

function section(
  each: ContainerTrend,
  { knownFaultsAsOf }: TrendReport,
  { style, options }: { readonly style: Style; readonly options: TerminalOptions },
): readonly string[] {
  const { trend, actions, weeks, picture, pod, node } = each;
  const place = node === undefined ? '' : ` on ${node}`;
  const sentences = [verdictSentence(trend), ...peakSentence(each)].join(' ');
  return [
    style.bold(style.clean(`${containerText(each)}${place}`)),
    ...hang(INDENT, style.clean(`Pod ${pod}. ${sentences}`), style.width),
    ...terminalChart(picture, {
      width: style.width - columns(INDENT),
      unicode: options.unicode,
    }).map((line) => `${INDENT}${line}`),
    ...hang(`${INDENT}weekly: `, weekLine(weeks), style.width),
    ...actions.flatMap((action) =>
      hang(`${INDENT}do: `, style.clean(actionSentence(action, knownFaultsAsOf)), style.width),
    ),
  ];
}

function peakSentence({ trend }: ContainerTrend): readonly string[] {
  const { peakAboveBytes, levelBytes, limitBytes } = trend;
  if (peakAboveBytes === undefined || levelBytes === undefined) return [];
  const part =
    limitBytes === undefined
      ? ''
      : `, ${String(Math.round(((levelBytes + peakAboveBytes) / limitBytes) * 100))} % of the limit`;
  return [`Its daily peak is about ${sizeText(levelBytes + peakAboveBytes)}${part}.`];
}

/** The runbook's weekly note: `50 MiB → 100 MiB → 200 MiB`. */
function weekLine(weeks: readonly MemoryWeek[]): string {
  const shown = weeks.slice(-MOST_WEEKS);
  const from = shown[0]?.fromMs;
  const values = shown.map(({ medianBytes, restarts }) => {
    const value = medianBytes === undefined ? '?' : sizeText(medianBytes);
    return restarts === 0 ? value : `${value} (${counted(restarts, 'restart')})`;
  });
  const since = from === undefined ? '' : `, from ${dayText(from)} on`;
  return `${values.join(' -> ')}${since}`;
}
