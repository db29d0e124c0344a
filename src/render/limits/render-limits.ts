// SPDX-License-Identifier: Apache-2.0

import { memoryAmount, percent } from '#resources/amount-text.ts';
import type {
  ComponentJudgement,
  ContainerPlace,
  LimitedContainer,
  LimitsFinding,
  LimitsReport,
} from '#resources/limits/limits-report.ts';

import { abridged, counted, groupBy } from '../terminal/names.ts';
import { type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { type TableColumn, textTable } from '../terminal/text-table.ts';
import { hang } from '../terminal/wrap.ts';
import { containerTable } from './container-table.ts';

/** Findings of one gravity that are shown one by one; JSON has all. */
const MOST_FINDINGS = 20;

/** Who is near a limit, who has none, and what of that is a fault, for a person. */
export function renderLimits(report: LimitsReport, options: TerminalOptions, all: boolean): string {
  const style = makeStyle(options);
  const faults = report.findings.filter(({ severity }) => severity !== 'info');
  const hints = report.findings.filter(({ severity }) => severity === 'info');
  const lines = [
    ...headline(report, faults, style),
    ...report.unknown.flatMap((why) =>
      hang(`  ${style.mark('unknown')}`, style.clean(why), style.width),
    ),
    ...findingLines(faults, style),
    ...(hints.length === 0 ? [] : ['', style.bold('Worth knowing, and no fault')]),
    ...findingLines(hints, style),
    ...bareLines(report.containers, style),
    ...componentLines(report.components, style),
    ...(report.containers.length === 0 ? [] : ['', style.bold('Memory of all containers')]),
    ...containerTable(report.containers, all, style),
    ...(report.notes.length === 0 ? [] : ['', style.bold('Notes')]),
    ...report.notes.flatMap((note) => hang('  ', style.clean(note), style.width)),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(
  { containers, usage, thresholdRatio, unknown }: LimitsReport,
  faults: readonly LimitsFinding[],
  style: Style,
): readonly string[] {
  const source = usage.through === undefined ? '' : `, use from ${style.clean(usage.through)}`;
  const seen = `(${counted(containers.length, 'container')} of all workloads${source})`;
  if (faults.length > 0) {
    const mark = faults.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning';
    const places = new Set(faults.map(({ place }) => JSON.stringify(place))).size;
    const text = `${counted(places, 'container')} near a limit, or limited below the need ${seen}.`;
    return hang(style.mark(mark), text, style.width).map((line) => style.tint(mark, line));
  }
  const mark = unknown.length > 0 ? 'unknown' : 'pass';
  const text =
    mark === 'pass'
      ? `No container uses ${percent(thresholdRatio)} of its limit, and none is limited below the need ${seen}.`
      : `Not enough could be read to say that no container is near its limit ${seen}.`;
  return hang(style.mark(mark), text, style.width).map((line) => style.tint(mark, line));
}

function findingLines(findings: readonly LimitsFinding[], style: Style): readonly string[] {
  const groups = [...groupBy(findings, ({ place, message }) => JSON.stringify(place ?? message))];
  const hidden = groups.length - MOST_FINDINGS;
  return [
    ...groups
      .slice(0, MOST_FINDINGS)
      .flatMap(([, group]) => [
        '',
        ...(group[0].place === undefined
          ? []
          : [`  ${style.bold(placeText(group[0].place, style))}`]),
        ...group.flatMap((finding) => oneFinding(finding, style)),
        ...hang('    ', nextText(group[0], style), style.width),
      ]),
    ...(hidden > 0 ? ['', `  and ${String(hidden)} more: -o json has all`] : []),
  ];
}

function oneFinding(
  { severity, message, why, evidence }: LimitsFinding,
  style: Style,
): readonly string[] {
  return [
    ...hang(`  ${style.mark(severity)}`, style.clean(message), style.width).map((line) =>
      style.tint(severity, line),
    ),
    ...evidence.flatMap((line) => hang('    ', style.clean(line), style.width)),
    ...hang('    ', style.clean(why), style.width),
  ];
}

function nextText({ next }: LimitsFinding, style: Style): string {
  const isOurs = next.startsWith('recommend ');
  return `Next: ${isOurs ? `${style.program} ` : ''}${style.clean(next)}`;
}

function placeText({ namespace, workload, container, role }: ContainerPlace, style: Style): string {
  const kind = role === 'app' ? 'container' : `${role} container`;
  return `${style.clean(workload.kind)} ${style.clean(namespace)}/${style.clean(workload.name)}, ${kind} ${style.clean(container)}`;
}

/** Containers without a limit or request, in two lines: they are facts. */
function bareLines(containers: readonly LimitedContainer[], style: Style): readonly string[] {
  const parts: readonly (readonly [string, readonly LimitedContainer[]])[] = [
    ['Without a memory limit', containers.filter(({ limits }) => limits.memoryBytes === undefined)],
    [
      'Without a memory request',
      containers.filter(({ requests }) => requests.memoryBytes === undefined),
    ],
    ['BestEffort', containers.filter(({ qosClasses }) => qosClasses.includes('BestEffort'))],
  ];
  const told = parts.filter(([, rows]) => rows.length > 0);
  if (told.length === 0) return [];
  return [
    '',
    style.bold('Facts'),
    ...told.flatMap(([what, rows]) =>
      hang(
        '  ',
        `${what}: ${counted(rows.length, 'container')} (${abridged(rows.map((row) => `${style.clean(row.workload.name)}/${style.clean(row.container)}`))}).`,
        style.width,
      ),
    ),
  ];
}

const COLUMNS: readonly TableColumn[] = [
  { heading: 'COMPONENT' },
  { heading: 'WORKLOAD' },
  { heading: 'REQUEST', align: 'right' },
  { heading: 'LIMIT', align: 'right' },
  { heading: 'LEAST LIMIT', align: 'right' },
  { heading: 'RUNBOOK', align: 'right' },
  { heading: '' },
];

const VERDICTS = {
  'no-limit': 'no limit: fine',
  enough: 'enough',
  'below-minimum': 'below the need',
} as const;

function componentLines(
  components: readonly ComponentJudgement[],
  style: Style,
): readonly string[] {
  if (components.length === 0) return [];
  const amount = (bytes: number | undefined): string =>
    bytes === undefined ? 'none' : memoryAmount(bytes);
  const reasons = [...groupBy(components, ({ component }) => component).values()].map(
    ([first]) => first,
  );
  return [
    '',
    style.bold('Well-known components: the least memory limit that makes sense, if there is one'),
    ...textTable(
      COLUMNS,
      components.map((each) => [
        each.component,
        `${style.clean(each.namespace)}/${style.clean(each.workload.name)}`,
        amount(each.requestBytes),
        amount(each.limitBytes),
        memoryAmount(each.minimumBytes),
        memoryAmount(each.runbookBytes),
        VERDICTS[each.verdict],
      ]),
      '  ',
    ),
    ...reasons.flatMap(({ component, reason, disagreement }) =>
      hang(
        '  ',
        `${component}: ${reason}${disagreement === undefined ? '' : ` ${disagreement}`}`,
        style.width,
      ),
    ),
  ];
}
