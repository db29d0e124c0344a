// SPDX-License-Identifier: Apache-2.0

import { IMBALANCE_RULE } from '#resources/top/imbalance.ts';
import type { Imbalance, TopReport, TopRow } from '#resources/top/top-report.ts';
import { ageText } from '#resources/usage-age.ts';

import { counted } from '../terminal/names.ts';
import { type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { columns as widthOf, hang } from '../terminal/wrap.ts';
import { percentText } from './amount-text.ts';
import { type Cell, type Column, columnsOf } from './top-columns.ts';

/** How a list is shown. */
export interface TopRenderOptions extends TerminalOptions {
  readonly wide: boolean;
  /** A small curve for a row, shown behind it; absent: none. */
  readonly curve?: (row: TopRow) => string;
}

const GAP = '  ';
/** Lines of reasons that are shown; JSON has them all. */
const MAX_DOUBTS = 10;

/** A list of who uses how much, for a person, line by line. */
export function* renderTop(report: TopReport, options: TopRenderOptions): Generator<string, void> {
  const style = makeStyle(options);
  yield `${originLine(report, style)}\n`;
  yield '\n';
  yield* table(report, options, style);
  const notes = [
    ...aboveLines(report, style),
    ...report.imbalances.flatMap((each) => imbalanceLines(each, style)),
    ...(report.imbalances.length > 0
      ? hang('  ', IMBALANCE_RULE, style.width).map((line) => style.faint(line))
      : []),
    ...doubtLines(report, style),
  ];
  if (notes.length > 0) yield '\n';
  for (const line of notes) yield `${line}\n`;
}

/** Where usage is from and how old it is, in one line. */
export function originText({ usage }: TopReport): string {
  const { origin, newestSeconds, oldestSeconds } = usage;
  if (origin === undefined) return 'not known';
  if (newestSeconds === undefined || oldestSeconds === undefined) return origin;
  const newest = ageText(newestSeconds);
  const oldest = ageText(oldestSeconds);
  return `${origin}, ${newest === oldest ? newest : `${newest} to ${oldest}`} old`;
}

function originLine(report: TopReport, style: Style): string {
  const { through } = report.usage;
  const by = through === undefined ? '' : ` (${style.clean(through)})`;
  return style.bold(`Usage: ${originText(report)}${by}`);
}

function* table(
  report: TopReport,
  { wide, curve }: TopRenderOptions,
  style: Style,
): Generator<string, void> {
  const columns = columnsOf(report, wide, style);
  const rows = report.rows.map((row) => ({ row, cells: columns.map(({ cell }) => cell(row)) }));
  const widths = columns.map(({ title }) => title.length);
  for (const { cells } of rows) {
    for (const [index, { text }] of cells.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, widthOf(text));
    }
  }
  const titles = columns.map(({ title }): Cell => ({ text: title }));
  yield `${style.faint(lineOf(titles, columns, widths, style))}\n`;
  for (const { row, cells } of rows) {
    const line = lineOf(cells, columns, widths, style);
    yield `${curve === undefined ? line : `${line}${GAP}${curve(row)}`.trimEnd()}\n`;
  }
}

function lineOf(
  cells: readonly Cell[],
  columns: readonly Column[],
  widths: readonly number[],
  style: Style,
): string {
  const padded = cells.map(({ text, isAbove = false }, index) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)));
    const shown = isAbove ? style.tint('warning', text) : text;
    return columns[index]?.right === true ? space + shown : shown + space;
  });
  return padded.join(GAP).trimEnd();
}

const NOUNS = {
  nodes: 'node',
  pods: 'pod',
  flannel: 'container',
  containers: 'container',
} as const;

function aboveLines(report: TopReport, style: Style): readonly string[] {
  const { above, rows, leftOut, kind, threshold } = report;
  const bound = kind === 'nodes' ? 'what is allocatable' : 'a limit';
  const left = leftOut === 0 ? [] : [style.faint(`${counted(leftOut, 'more row')} not shown.`)];
  if (above === 0) return left;
  const all = counted(rows.length + leftOut, NOUNS[kind]);
  const verb = above === 1 ? 'uses' : 'use';
  const text = `${String(above)} of ${all} ${verb} more than ${percentText(threshold)} of ${bound}.`;
  return [...left, ...hang(style.mark('warning'), text, style.width)];
}

function imbalanceLines(found: Imbalance, style: Style): readonly string[] {
  const { resource, ratio, medianRatio, deviations, byPods, pods, medianPods } = found;
  const node = style.clean(found.node);
  const than = `${resource === 'cpu' ? 'CPU' : 'memory'} ${percentText(ratio)} of what is allocatable, median ${percentText(medianRatio)}, ${Math.abs(deviations).toFixed(1)} deviations`;
  const count =
    pods === undefined || medianPods === undefined
      ? 'how many pods it runs is not known'
      : `it runs ${counted(pods, 'pod')}, median ${String(medianPods)}`;
  const cause = byPods ? 'that explains it' : 'that does not explain it: look at its largest pods';
  const text = `${node} is out of balance: ${than}; ${pods === undefined ? count : `${count}, ${cause}`}.`;
  return hang(style.mark('warning'), text, style.width);
}

function doubtLines({ usage, unknown }: TopReport, style: Style): readonly string[] {
  const doubts = [...usage.doubts, ...unknown];
  const isRefused =
    usage.origin === undefined && doubts.some((each) => each.includes('nodes/proxy'));
  const rest = doubts.length - MAX_DOUBTS;
  return [
    ...doubts
      .slice(0, MAX_DOUBTS)
      .flatMap((doubt) => hang(style.mark('unknown'), style.clean(doubt), style.width)),
    ...(rest > 0
      ? [`${style.mark('unknown')}... and ${String(rest)} more; -o json has them all.`]
      : []),
    ...(isRefused
      ? [
          `  Install metrics-server: ${style.program} install metrics-server --help`,
          `  Or grant nodes/proxy: ${style.program} access --print-rbac --kubelets`,
        ]
      : []),
  ];
}
