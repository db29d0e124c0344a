// SPDX-License-Identifier: Apache-2.0

import type { Plan, Stage, Step, Untreated } from '#model/plan.ts';

import { counted } from '../terminal/names.ts';
import { type Mark, type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';

/** Steps of one stage that are shown one by one; the rest is counted. `-o yaml` shows all. */
const MOST_STEPS = 20;
/** Findings of one kind without a remedy that are shown one by one. */
const MOST_UNTREATED = 10;

/**
 * A plan for a person: what would be done where, what it disturbs, what is left.
 *
 * @param nothing what is said of a plan without steps that leaves nothing untreated
 */
export function renderPlan(
  plan: Plan,
  options: TerminalOptions,
  nothing = 'Nothing to mend.',
): string {
  const style = makeStyle(options);
  const lines = [
    ...headline(plan, style, nothing),
    ...plan.stages.flatMap((stage, index) => ['', ...stageLines(stage, index + 1, style)]),
    ...untreatedLines(plan.untreated, style),
    ...(plan.notes.length === 0 ? [] : ['', style.bold('Notes')]),
    ...plan.notes.flatMap((note) => hang('  ', style.clean(note), style.width)),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(plan: Plan, style: Style, nothing: string): readonly string[] {
  if (plan.refusals.length > 0) {
    return [
      style.tint(
        'unknown',
        `${style.mark('unknown')}The picture is too unknown: nothing is planned.`,
      ),
      ...plan.refusals.flatMap((why) => hang('  ', style.clean(why), style.width)),
    ];
  }
  const steps = plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0);
  const nodes = new Set(plan.stages.flatMap(({ node }) => node ?? [])).size;
  if (steps > 0) {
    const where = nodes === 0 ? '' : ` on ${counted(nodes, 'node')}`;
    return [style.bold(`Plan: ${counted(steps, 'step')}${where}. Nothing is changed yet.`)];
  }
  return plan.untreated.length === 0
    ? [style.tint('pass', `${style.mark('pass')}${nothing}`)]
    : [style.bold('Nothing that Selvage can mend is planned.')];
}

function stageLines(stage: Stage, number: number, style: Style): readonly string[] {
  const where = stage.node === undefined ? '' : ` on ${style.clean(stage.node)}`;
  const hidden = stage.steps.length - MOST_STEPS;
  return [
    style.bold(`${String(number)}. ${stage.remedy}${where}`) + ` (risk: ${stage.risk})`,
    ...hang('   ', stage.disturbance, style.width),
    ...stage.whyNotSmaller.flatMap((why) =>
      hang('   Not smaller: ', style.clean(why), style.width),
    ),
    ...(stage.treats.length === 0 ? [] : hang('   For: ', treatedText(stage, style), style.width)),
    // Lines in the notation of the tools stay whole, so that they can be copied.
    ...stage.steps.slice(0, MOST_STEPS).flatMap((step) => stepLines(step, style)),
    ...(hidden > 0 ? [`   - and ${counted(hidden, 'step')} more`] : []),
  ];
}

function stepLines({ title, notes = [] }: Step, style: Style): readonly string[] {
  return [
    `   - ${style.clean(title)}`,
    ...notes.flatMap((note) =>
      note.startsWith(' ')
        ? [`     ${indented(note, style)}`]
        : hang('     ', style.clean(note), style.width),
    ),
  ];
}

/** A line to copy, with its indentation: YAML means nothing without it. */
function indented(line: string, style: Style): string {
  return `${/^ */u.exec(line)?.[0] ?? ''}${style.clean(line.trimStart())}`;
}

function treatedText({ treats }: Stage, style: Style): string {
  const counts = new Map<string, number>();
  for (const { check } of treats) counts.set(check, (counts.get(check) ?? 0) + 1);
  const each = [...counts].map(
    ([check, number]) => `${style.clean(check)}${number > 1 ? ` (${String(number)})` : ''}`,
  );
  const peers = [...new Set(treats.flatMap(({ peer }) => peer ?? []))].map((peer) =>
    style.clean(peer),
  );
  const towards = peers.length === 0 || peers.length > 5 ? '' : `, towards ${peers.join(', ')}`;
  return `${each.join(', ')}${towards}`;
}

function untreatedLines(untreated: readonly Untreated[], style: Style): readonly string[] {
  if (untreated.length === 0) return [];
  const hidden = untreated.length - MOST_UNTREATED;
  return [
    '',
    style.bold('Not treated by this plan'),
    ...groupedByWhatToDo(untreated.slice(0, MOST_UNTREATED)).flatMap((group) =>
      untreatedText(group, style),
    ),
    ...(hidden > 0 ? [`  and ${counted(hidden, 'finding')} more`] : []),
  ];
}

/** Findings with one thing to do by hand stand together, so that it is told once. The first says their place. */
function groupedByWhatToDo(untreated: readonly Untreated[]): readonly (readonly Untreated[])[] {
  const groups = new Map<string, Untreated[]>();
  for (const [index, each] of untreated.entries()) {
    const { manual, reasons, needsRisk } = each;
    const key =
      manual === undefined ? String(index) : JSON.stringify([manual, reasons, needsRisk ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function untreatedText(group: readonly Untreated[], style: Style): readonly string[] {
  const findings = group.flatMap(({ finding: { severity, message } }) => {
    const mark: Mark = severity;
    return hang(`  ${style.mark(mark)}`, style.clean(message), style.width);
  });
  const [first] = group;
  return first === undefined ? [] : [...findings, ...whatToDo(first, style)];
}

function whatToDo(
  { finding, reasons, manual, needsRisk }: Untreated,
  style: Style,
): readonly string[] {
  return [
    ...reasons.flatMap((reason) => hang('      ', style.clean(reason), style.width)),
    ...(needsRisk === undefined
      ? []
      : hang('      ', `Allow it with --max-risk ${needsRisk}.`, style.width)),
    ...(manual === undefined
      ? []
      : [
          ...hang('      ', style.clean(`${manual.title}, ${manual.where}:`), style.width),
          ...manual.lines.map((line) => `        ${indented(line, style)}`),
          ...hang('      ', 'Verify:', style.width),
          ...manual.verify.map((line) => `        ${indented(line, style)}`),
        ]),
    ...(manual === undefined && needsRisk === undefined
      ? hang(
          '      ',
          `By hand: ${style.program} explain ${style.clean(finding.check)}`,
          style.width,
        )
      : []),
  ];
}
