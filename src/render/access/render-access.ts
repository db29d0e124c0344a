// SPDX-License-Identifier: Apache-2.0

import type { AccessReport, NodeWays, ReportedRight } from '#report/access-report.ts';

import { counted } from '../terminal/names.ts';
import { type Mark, type Style, type TerminalOptions, makeStyle } from '../terminal/style.ts';
import { hang } from '../terminal/wrap.ts';

const INDENT = '  ';
const DETAIL_INDENT = '      ';

/** What can be read of a cluster, for a person. */
export function renderAccess(report: AccessReport, options: TerminalOptions): string {
  const style = makeStyle(options);
  const lines = [
    style.bold('Ways into the nodes'),
    ...(report.nodes.length === 0
      ? hang(INDENT, 'No node is known: neither nodes nor flannel pods could be listed.', 100)
      : report.nodes.flatMap((node) => nodeLines(node, style))),
    '',
    style.bold('Rights, as the API server answered'),
    ...(report.notAsked === undefined
      ? report.rights.flatMap((right) => rightLines(right, style))
      : hang(`${INDENT}${style.mark('unknown')}`, style.clean(report.notAsked), style.width)),
    ...(report.notOffered.length === 0
      ? []
      : ['', style.bold('Ways that this version does not have')]),
    ...report.notOffered.flatMap(({ way, needs }) => hang(`${INDENT}${way}: `, needs, style.width)),
    ...advice(report, style),
  ];
  return `${lines.join('\n')}\n`;
}

const WAY_MARKS = {
  works: 'pass',
  fails: 'critical',
  'does-not-apply': 'info',
  'not-tried': 'info',
} as const;
const WAY_TEXTS = {
  works: 'works',
  fails: 'fails',
  'does-not-apply': 'does not apply',
  'not-tried': 'was not tried',
} as const;
const ANSWER_MARKS: Readonly<Record<ReportedRight['answer'], Mark>> = {
  allowed: 'pass',
  denied: 'critical',
  'not-asked': 'unknown',
};

function nodeLines({ name, ways }: NodeWays, style: Style): readonly string[] {
  return ways.flatMap(({ way, state, through, reasons }) => {
    const by = through === undefined ? '' : ` (${style.clean(through)})`;
    const mark = WAY_MARKS[state];
    return [
      style.tint(
        mark,
        `${INDENT}${style.mark(mark)}${style.clean(name)}: ${way} ${WAY_TEXTS[state]}${by}`,
      ),
      ...reasons.flatMap((reason) => hang(DETAIL_INDENT, style.clean(reason), style.width)),
    ];
  });
}

function rightLines(right: ReportedRight, style: Style): readonly string[] {
  const mark = ANSWER_MARKS[right.answer];
  const line = `${INDENT}${style.mark(mark)}${style.clean(rightText(right))}`;
  if (right.answer === 'allowed') return [line];
  return [
    style.tint(mark, `${line}: ${right.answer === 'denied' ? 'denied' : 'not asked'}`),
    ...hang(DETAIL_INDENT, consequence(right), style.width),
  ];
}

function rightText({ verb, group, resource, name, namespace, answer }: ReportedRight): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const what = name === undefined ? qualified : `${qualified} ${name}`;
  if (namespace !== undefined) return `${verb} ${what} in ${namespace}`;
  const isOfCluster = name === undefined && answer !== 'not-asked';
  return isOfCluster ? `${verb} ${what} in the whole cluster` : `${verb} ${what}`;
}

function consequence({ answer, lost, unknownChecks }: ReportedRight): string {
  if (answer === 'not-asked') return 'Flannel was found in no namespace, and this right is of one.';
  if (lost.length === 0) {
    return 'No fact is missing because of it: it was had in another way or could be done without.';
  }
  const facts = `Not read because of it: ${lost.join(', ')}.`;
  if (unknownChecks.length === 0) return facts;
  return `${facts} Unknown because of that: ${counted(unknownChecks.length, 'check')} (${unknownChecks.join(', ')}).`;
}

function advice({ rights }: AccessReport, style: Style): readonly string[] {
  if (!rights.some(({ answer }) => answer === 'denied')) return [];
  const namespace = rights.find(({ resource }) => resource === 'pods/exec')?.namespace;
  const flag = namespace === undefined ? '' : ` --flannel-namespace ${style.clean(namespace)}`;
  return ['', `The roles that grant what is missing: ${style.program} access --print-rbac${flag}`];
}
