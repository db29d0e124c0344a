// SPDX-License-Identifier: Apache-2.0

import { memoryAmount, percent } from '#resources/amount-text.ts';
import type { LimitedContainer } from '#resources/limits/limits-report.ts';

import { counted } from '../terminal/names.ts';
import type { Style } from '../terminal/style.ts';
import { type TableColumn, textTable } from '../terminal/text-table.ts';

const COLUMNS: readonly TableColumn[] = [
  { heading: 'WORKLOAD' },
  { heading: 'CONTAINER' },
  { heading: 'PODS', align: 'right' },
  { heading: 'QOS' },
  { heading: 'REQUEST', align: 'right' },
  { heading: 'LIMIT', align: 'right' },
  { heading: 'USED', align: 'right' },
  { heading: 'OF LIMIT', align: 'right' },
  { heading: 'LIMIT FROM' },
];

/** Rows that are shown unless all are asked for. */
const MOST_ROWS = 30;

/** The inventory, those nearest their limits first. */
export function containerTable(
  containers: readonly LimitedContainer[],
  all: boolean,
  style: Style,
): readonly string[] {
  const sorted = containers.toSorted((a, b) => (b.memoryRatio ?? -1) - (a.memoryRatio ?? -1));
  const shown = all ? sorted : sorted.slice(0, MOST_ROWS);
  const hidden = sorted.length - shown.length;
  const more = hidden === 0 ? [] : [`  and ${counted(hidden, 'container')} more: --all`];
  return [
    ...textTable(
      COLUMNS,
      shown.map((row) => cells(row, style)),
      '  ',
    ),
    ...more,
  ];
}

function cells(row: LimitedContainer, style: Style): readonly string[] {
  const { workload, role, requests, limits, mostMemory, memoryRatio, qosClasses } = row;
  const name = style.clean(row.container);
  return [
    `${style.clean(row.namespace)}/${style.clean(workload.name)}`,
    role === 'app' ? name : `${name} (${role})`,
    String(row.pods),
    qosClasses.length === 0 ? '?' : qosClasses.join(', '),
    requests.memoryBytes === undefined ? 'none' : memoryAmount(requests.memoryBytes),
    limits.memoryBytes === undefined ? 'none' : memoryAmount(limits.memoryBytes),
    mostMemory === undefined ? '?' : memoryAmount(mostMemory.value),
    memoryRatio === undefined ? '' : percent(memoryRatio),
    originText(row, style),
  ];
}

function originText({ limitOrigin }: LimitedContainer, style: Style): string {
  if (limitOrigin === undefined) return '';
  const { from, certain, limitRange } = limitOrigin;
  if (from === 'workload') return 'its own';
  const name = limitRange === undefined ? 'a LimitRange' : `LimitRange ${style.clean(limitRange)}`;
  return certain ? name : `${name}?`;
}
