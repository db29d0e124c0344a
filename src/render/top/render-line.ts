// SPDX-License-Identifier: Apache-2.0

import type { TopReport } from '#resources/top/top-report.ts';

import { counted } from '../terminal/names.ts';
import { makeStyle, type TerminalOptions } from '../terminal/style.ts';
import { bytesText, coresText, percentText } from './amount-text.ts';
import { originText } from './render-top.ts';

/** A list in one line, for one line after another. */
export function renderTopLine(report: TopReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const { kind, rows, leftOut, above, threshold, readAt } = report;
  const noun = { nodes: 'node', pods: 'pod', flannel: 'container', containers: 'container' }[kind];
  const parts = [
    counted(rows.length + leftOut, noun),
    ...mostOf(report).map((text) => style.clean(text)),
    `${String(above)} above ${percentText(threshold)}`,
    ...(kind === 'nodes' ? [`${String(report.imbalances.length)} out of balance`] : []),
  ];
  const instant = readAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/u, ' UTC');
  return `${instant} usage ${originText(report)}: ${parts.join(', ')}\n`;
}

/** The first row, which is the greatest by the order of the list. */
function mostOf({ rows, order }: TopReport): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { namespace, name, container, memory, cpu } = first;
  const of = [namespace, name, container].filter((part) => part !== undefined).join('/');
  const isCpu = order === 'cpu';
  const { used, ratio } = isCpu ? cpu : memory;
  if (used === undefined) return [];
  const share = ratio === undefined ? '' : ` (${percentText(ratio)})`;
  return [
    `most ${isCpu ? 'CPU' : 'memory'} ${of} ${isCpu ? coresText(used) : bytesText(used)}${share}`,
  ];
}
