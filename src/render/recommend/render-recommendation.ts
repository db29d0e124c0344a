// SPDX-License-Identifier: Apache-2.0

import { cpuQuantity, memoryQuantity } from '#resources/amount-text.ts';
import type { Recommendation, RecommendReport } from '#resources/recommend/recommend-report.ts';

import { counted } from '../terminal/names.ts';
import { type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { textTable } from '../terminal/text-table.ts';
import { hang } from '../terminal/wrap.ts';

/** What a workload should have and why, for a person. */
export function renderRecommendation(report: RecommendReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const blocks = report.recommendations.map((each) => blockOf(each, style));
  const lines = [
    ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])),
    ...(report.notes.length === 0 ? [] : ['', style.bold('Notes')]),
    ...report.notes.flatMap((note) => hang('  ', style.clean(note), style.width)),
  ];
  return `${lines.join('\n')}\n`;
}

const CONFIDENCE_MARKS = { high: 'pass', medium: 'pass', low: 'unknown', none: 'unknown' } as const;

function blockOf(each: Recommendation, style: Style): readonly string[] {
  const { namespace, workload, container, pods, confidence, memory, cpu } = each;
  const mark = CONFIDENCE_MARKS[confidence];
  const what = `${style.clean(workload.kind)} ${style.clean(namespace)}/${style.clean(workload.name)}, container ${style.clean(container)} (${counted(pods, 'pod')})`;
  const verdict =
    confidence === 'none'
      ? 'Nothing is recommended: nothing was measured.'
      : `Confidence: ${confidence}.`;
  return [
    style.bold(what),
    style.tint(mark, `${style.mark(mark)}${verdict}`),
    ...(memory === undefined ? [] : amountTable(each)),
    ...(memory === undefined ? [] : reasonLines('Memory limit', memory.limitReason, style)),
    ...(memory === undefined || memory.limitBytes !== undefined
      ? []
      : [
          `  For whoever wants one all the same: at least ${memoryQuantity(memory.leastLimitBytes)}.`,
        ]),
    ...(cpu === undefined ? [] : reasonLines('CPU limit', cpu.limitReason, style)),
    ...listOf('Evidence', each.evidence, style),
    ...listOf('Missing', each.missing, style),
    ...listOf('Against it', each.cautions, style),
  ];
}

function reasonLines(name: string, reason: string, style: Style): readonly string[] {
  return hang(`  ${name}: `, style.clean(reason), style.width);
}

function listOf(heading: string, lines: readonly string[], style: Style): readonly string[] {
  if (lines.length === 0) return [];
  return [
    `  ${style.bold(heading)}`,
    ...lines.flatMap((line) => hang('    ', style.clean(line), style.width)),
  ];
}

function amountTable({ now, memory, cpu }: Recommendation): readonly string[] {
  const { requests, limits } = now;
  const bytes = (value: number | undefined): string =>
    value === undefined ? 'none' : memoryQuantity(value);
  const cores = (value: number | undefined): string =>
    value === undefined ? 'none' : cpuQuantity(value);
  const asItIs = cpu === undefined;
  return textTable(
    [
      { heading: '' },
      { heading: 'NOW', align: 'right' },
      { heading: 'RECOMMENDED', align: 'right' },
    ],
    [
      ['memory request', bytes(requests.memoryBytes), bytes(memory?.requestBytes)],
      ['memory limit', bytes(limits.memoryBytes), bytes(memory?.limitBytes)],
      ['cpu request', cores(requests.cpuCores), asItIs ? 'as it is' : cores(cpu.requestCores)],
      ['cpu limit', cores(limits.cpuCores), asItIs ? 'as it is' : cores(cpu.limitCores)],
    ],
    '  ',
  );
}
