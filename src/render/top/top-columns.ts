// SPDX-License-Identifier: Apache-2.0

import type { TopAmount, TopKind, TopReport, TopRow } from '#resources/top/top-report.ts';

import type { Style } from '../terminal/style.ts';
import { bytesText, coresText, percentText } from './amount-text.ts';

/** What a cell shows, and whether it is a warning. */
export interface Cell {
  readonly text: string;
  readonly isAbove?: boolean;
}

/** One column of a list. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right: boolean;
  readonly cell: (row: TopRow) => Cell;
}

const NOT_KNOWN = '?';
const NOT_SET = '-';

/** The columns of a list; `wide` has more of them. */
export function columnsOf(
  { kind }: Pick<TopReport, 'kind'>,
  isWide: boolean,
  style: Style,
): readonly Column[] {
  if (kind === 'nodes') return nodeColumns(style);
  return podColumns(kind, isWide, style);
}

function nodeColumns(style: Style): readonly Column[] {
  return [
    left('NODE', ({ name }) => style.clean(name)),
    right('MEM', ({ memory }) => measured(memory.used, bytesText)),
    right('MEM ALLOC', ({ memory }) => measured(memory.allocatable, bytesText)),
    ratio('MEM USE', 'memory'),
    right('MEM REQ', ({ memory }) => measured(memory.requested, bytesText)),
    right('CPU', ({ cpu }) => measured(cpu.used, coresText)),
    right('CPU ALLOC', ({ cpu }) => measured(cpu.allocatable, coresText)),
    ratio('CPU USE', 'cpu'),
    right('CPU REQ', ({ cpu }) => measured(cpu.requested, coresText)),
    right('PODS', ({ pods, maxPods }) =>
      pods === undefined ? NOT_KNOWN : `${String(pods)}/${maxPods?.toString() ?? NOT_KNOWN}`,
    ),
  ];
}

function podColumns(
  kind: Exclude<TopKind, 'nodes'>,
  isWide: boolean,
  style: Style,
): readonly Column[] {
  const isByContainer = kind !== 'pods';
  const hasPeak = kind === 'flannel' || (isByContainer && isWide);
  return [
    ...placeColumns(kind, isWide, style),
    right('MEM', ({ memory }) => measured(memory.used, bytesText)),
    right('MEM REQ', ({ memory }) => set(memory.requested, bytesText)),
    right('MEM LIM', ({ memory }) => set(memory.limit, bytesText)),
    ratio('MEM USE', 'memory'),
    ...(hasPeak ? [right('PEAK', ({ memory }) => measured(memory.peakBytes, bytesText))] : []),
    ...(isWide ? [right('RSS', ({ memory }) => measured(memory.rssBytes, bytesText))] : []),
    right('CPU', ({ cpu }) => measured(cpu.used, coresText)),
    right('CPU REQ', ({ cpu }) => set(cpu.requested, coresText)),
    right('CPU LIM', ({ cpu }) => set(cpu.limit, coresText)),
    ratio('CPU USE', 'cpu'),
    ...(isWide && isByContainer ? cgroupColumns() : []),
    right('RESTARTS', ({ restarts }) => measured(restarts, String)),
    left('LAST OOM', ({ lastOomAt }) =>
      lastOomAt === undefined ? NOT_SET : style.clean(lastOomAt),
    ),
  ];
}

function placeColumns(
  kind: Exclude<TopKind, 'nodes'>,
  isWide: boolean,
  style: Style,
): readonly Column[] {
  return [
    ...(kind === 'flannel' ? [] : [left('NAMESPACE', (row) => style.clean(row.namespace ?? ''))]),
    left('POD', ({ name }) => style.clean(name)),
    ...(kind === 'pods' ? [] : [left('CONTAINER', (row) => style.clean(row.container ?? ''))]),
    ...(isWide || kind === 'flannel'
      ? [left('NODE', ({ node }) => (node === undefined ? NOT_SET : style.clean(node)))]
      : []),
  ];
}

function cgroupColumns(): readonly Column[] {
  return [
    right('THROTTLED', (row) => measured(row.throttledRatio, percentText)),
    right('OOM KILLS', (row) => measured(row.oomKills, String)),
  ];
}

function left(title: string, text: (row: TopRow) => string): Column {
  return { title, right: false, cell: (row) => ({ text: text(row) }) };
}

function right(title: string, text: (row: TopRow) => string): Column {
  return { title, right: true, cell: (row) => ({ text: text(row) }) };
}

function ratio(title: string, resource: 'memory' | 'cpu'): Column {
  return {
    title,
    right: true,
    cell: (row) => {
      const isAbove = row.above.includes(resource);
      return { text: `${ratioText(row[resource])}${isAbove ? '!' : ''}`, isAbove };
    },
  };
}

function ratioText(amount: TopAmount): string {
  if (amount.ratio !== undefined) return percentText(amount.ratio);
  return (amount.allocatable ?? amount.limit) === undefined ? NOT_SET : NOT_KNOWN;
}

function measured(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? NOT_KNOWN : text(value);
}

function set(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? NOT_SET : text(value);
}
