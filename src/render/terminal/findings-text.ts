// SPDX-License-Identifier: Apache-2.0

import type { ReportFinding } from '#report/report.ts';

import { type FindingGroup, type Section, sectionsOf } from './finding-groups.ts';
import { abridged, count, counted, groupBy } from './names.ts';
import type { Style } from './style.ts';
import { hang } from './wrap.ts';

/** Findings of one check on one node that are told one by one; the rest is counted. */
const MAX_TOLD = 3;
/** Sections told in full; the nodes of the others are counted. */
const MAX_SECTIONS = 20;
/** Columns from which on values are left whole. */
const ROOMY = 80;
const INDENT = '  ';
const DETAIL_INDENT = '      ';

/** Tells findings above `info`: section by section, what is broken, SHOULD and IS, and where to read on. */
export function findingsText(findings: readonly ReportFinding[], style: Style): readonly string[] {
  const told = findings.filter(({ severity }) => severity !== 'info');
  const sections = sectionsOf(told);
  const untold = sections.slice(MAX_SECTIONS).flatMap(({ nodes }) => nodes);
  return [
    ...sections
      .slice(0, MAX_SECTIONS)
      .flatMap((section) => [
        '',
        style.bold(heading(section, style)),
        ...section.groups.flatMap((group) => groupText(group, section, style)),
      ]),
    ...(untold.length === 0 ? [] : ['', ...untoldText(untold, style)]),
  ];
}

function untoldText(nodes: readonly string[], style: Style): readonly string[] {
  const names = abridged([...new Set(nodes)].map((name) => style.clean(name)));
  return hang('', `Findings on more nodes: ${names}. All of them: -o json.`, style.width);
}

/** Tells `info` findings in one paragraph per check: they harm nothing. */
export function harmlessText(findings: readonly ReportFinding[], style: Style): readonly string[] {
  const harmless = findings.filter(({ severity }) => severity === 'info');
  if (harmless.length === 0) return [];
  const lines = [...groupBy(harmless, ({ check }) => check).values()].flatMap((group) => [
    ...hang(`${INDENT}${style.mark('info')}`, harmlessSentence(group, style), style.width),
    moreLine(group[0], style),
  ]);
  return ['', style.faint('Also seen, harmless'), ...lines.map((line) => style.faint(line))];
}

/** A single finding in its own words, several by their title and one of them as an example. */
function harmlessSentence(
  group: readonly [ReportFinding, ...ReportFinding[]],
  style: Style,
): string {
  const [first] = group;
  if (group.length === 1) return style.clean(first.message);
  const nodes = namesOf(group, style);
  const where = nodes.length === 0 ? '' : ` on ${abridged(nodes)}`;
  return `${style.clean(first.title)}: ${count(group.length)}${where}. For example: ${style.clean(first.message)}`;
}

function heading({ kind, nodes }: Section, style: Style): string {
  if (kind === 'cluster') return 'The cluster';
  const names = abridged(nodes.map((name) => style.clean(name)));
  return kind === 'node' ? names : `${count(nodes.length)} nodes: ${names}`;
}

function groupText(group: FindingGroup, section: Section, style: Style): readonly string[] {
  const isShared = section.kind === 'shared';
  const told = isShared
    ? [group.first]
    : group.findings.slice(0, group.findings.length > MAX_TOLD + 1 ? MAX_TOLD : MAX_TOLD + 1);
  const rest = group.findings.slice(told.length);
  return [
    ...told.flatMap((finding) => findingText(finding, isShared, style)),
    ...(isShared || rest.length === 0 ? [] : restText(rest, style)),
    style.faint(moreLine(group.first, style)),
  ];
}

function moreLine({ check }: ReportFinding, style: Style): string {
  return `${DETAIL_INDENT}more      ${style.program} explain ${style.clean(check)}`;
}

function findingText(finding: ReportFinding, isExample: boolean, style: Style): readonly string[] {
  const { severity, message, expected, observed, stability } = finding;
  const preview = stability === 'preview' ? ' (preview: does not count for the exit code)' : '';
  const example = isExample ? 'For example: ' : '';
  const sentence = hang(
    `${INDENT}${style.mark(severity)}`,
    `${example}${style.clean(message)}${preview}`,
    style.width,
  );
  return [
    ...sentence.map((line) => style.tint(severity, line)),
    ...detail('expected', expected, style),
    ...detail('observed', observed, style),
  ];
}

/** A value in the notation of `ip`: whole, so that it can be copied, but for a terminal that has no room for it. */
function detail(label: string, text: string, style: Style): readonly string[] {
  const head = `${DETAIL_INDENT}${label}  `;
  const clean = style.clean(text);
  const lines = style.width < ROOMY ? hang(head, clean, style.width) : [`${head}${clean}`];
  return lines.map((line, index) => (index === 0 ? line.replace(label, style.faint(label)) : line));
}

function restText(rest: readonly ReportFinding[], style: Style): readonly string[] {
  const peers = [...new Set(rest.flatMap(({ peer }) => peer ?? []))].map((peer) =>
    style.clean(peer),
  );
  const towards = peers.length === 0 ? '' : `, towards ${abridged(peers)}`;
  return hang(
    DETAIL_INDENT,
    `... and ${counted(rest.length, 'more finding')} of this kind${towards}. All of them: -o json.`,
    style.width,
  );
}

function namesOf(findings: readonly ReportFinding[], style: Style): readonly string[] {
  return [...new Set(findings.flatMap(({ node }) => node ?? []))].map((name) => style.clean(name));
}
