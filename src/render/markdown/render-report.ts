// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';

import { viewOf } from '../matrix-view.ts';
import { type PairMatrix, type PairState, pairMatrix } from '../pair-matrix.ts';
import type { RenderOptions } from '../render-options.ts';
import { type FindingGroup, type Section, sectionsOf } from '../terminal/finding-groups.ts';
import { about, headline } from '../terminal/headline.ts';
import { abridged, count, counted } from '../terminal/names.ts';
import { printableText } from '../terminal/printable-text.ts';
import { makeStyle } from '../terminal/style.ts';
import { activeFindings, suppressedFindings, suppressionWarnings } from '../suppressions.ts';
import { uniformText } from '../uniform-text.ts';
import { unknownGroups } from '../unknown-groups.ts';
import { codeSpan, markdownText } from './markdown-text.ts';

/** Findings of one group that are told in full. */
const MAX_TOLD = 3;
const MAX_SECTIONS = 50;
const MAX_SUPPRESSED = 50;
const MAX_CELLS_ACROSS = 40;
const ICONS = { pass: '✅', critical: '❌', warning: '⚠️', info: 'ℹ️', unknown: '❔' } as const;
const CELLS: Readonly<Record<PairState, string>> = {
  whole: '✓',
  broken: '**✗**',
  unknown: '?',
  'not-asked': ' ',
};

/** The report as GitHub Flavored Markdown, for an issue, a chat or a wiki. */
export function* renderMarkdown(report: Report, options: RenderOptions): Generator<string, void> {
  const style = makeStyle({ ...options, color: false, unicode: true });
  const { mark, text } = headline(report, style, options.narrowed);
  yield `# ${ICONS[mark]} ${markdownText(text)}\n\n`;
  yield `${facts(report, markdownText(about(report, style)))}\n`;
  const sections = sectionsOf(activeFindings(report));
  for (const section of sections.slice(0, MAX_SECTIONS)) yield sectionText(section);
  if (sections.length > MAX_SECTIONS) {
    yield `\n… and ${counted(sections.length - MAX_SECTIONS, 'more section')}; the JSON has all.\n`;
  }
  const matrix = pairMatrix(report, options.checks);
  if (matrix !== undefined) yield matrixSection(matrix);
  yield unknownSection(report);
  yield suppressedSection(report);
}

function facts({ cluster, pairs, startedAt, tool }: Report, aboutText: string): string {
  const whole = count(pairs.checked - pairs.broken);
  return [
    `- Cluster: context ${codeSpan(cluster.context)}${cluster.version === undefined ? '' : `, Kubernetes ${codeSpan(cluster.version)}`}`,
    `- Looked at: ${aboutText}`,
    `- Node pairs: ${whole} hold, ${count(pairs.broken)} broken, ${count(pairs.unknown)} not checked`,
    `- Taken: ${codeSpan(startedAt)} by Selvage ${codeSpan(tool.version)}`,
    '',
  ].join('\n');
}

function sectionText({ kind, nodes, groups }: Section): string {
  const names = abridged(nodes.map((node) => codeSpan(node)));
  const title =
    kind === 'cluster'
      ? 'The cluster'
      : kind === 'node'
        ? `Node ${names}`
        : `${count(nodes.length)} nodes: ${names}`;
  return `\n## ${title}\n\n${groups.map((group) => groupText(group, kind === 'shared')).join('')}`;
}

function groupText({ first, findings }: FindingGroup, isShared: boolean): string {
  const told = isShared ? [first] : findings.slice(0, MAX_TOLD);
  const rest = findings.slice(told.length);
  const peers = [...new Set(rest.flatMap(({ peer }) => peer ?? []))].map((peer) => codeSpan(peer));
  const towards = peers.length === 0 ? '' : `, towards ${abridged(peers)}`;
  const more =
    isShared || rest.length === 0
      ? ''
      : `- … and ${counted(rest.length, 'more finding')} of ${codeSpan(first.check)}${towards}\n`;
  return `${told.map((finding) => findingText(finding, isShared)).join('')}${more}`;
}

function findingText(finding: ReportFinding, isExample: boolean): string {
  const { severity, check, message, expected, observed, stability } = finding;
  const example = isExample ? 'for example: ' : '';
  const preview = stability === 'preview' ? ' *(preview)*' : '';
  const lines = [`- expected ${printableText(expected)}`, `+ observed ${printableText(observed)}`];
  return (
    `- ${ICONS[severity]} **${severity}** ${codeSpan(check)}: ${example}${markdownText(message)}${preview}\n\n` +
    `  \`\`\`diff\n  ${lines.join('\n  ')}\n  \`\`\`\n\n`
  );
}

function matrixSection(matrix: PairMatrix): string {
  const view = viewOf(matrix);
  const columns = view.columns.slice(0, MAX_CELLS_ACROSS);
  const rows = view.rows.slice(0, MAX_CELLS_ACROSS);
  const isCut = columns.length < view.columns.length || rows.length < view.rows.length;
  const table = [
    `| from, to | ${columns.map((node) => codeSpan(node)).join(' | ')} |`,
    `| --- |${columns.map(() => ' :-: |').join('')}`,
    ...rows.map((from) => {
      const cells = columns.map((to) => (from === to ? '–' : CELLS[matrix.state(from, to)]));
      return `| ${codeSpan(from)} | ${cells.join(' | ')} |`;
    }),
  ];
  return [
    '\n## Node pairs\n',
    ...view.uniform.map((statement) => `- ${uniformText(statement, codeSpan)}.`),
    ...(rows.length === 0 ? [] : ['', ...table]),
    ...(view.isAbridged ? ['', 'Rows and columns in which every pair holds are left out.'] : []),
    ...(isCut ? ['', 'The table is cut; the JSON has all.'] : []),
    '',
  ].join('\n');
}

function unknownSection(report: Report): string {
  const groups = unknownGroups(report);
  if (groups.length === 0) return '';
  const items = groups.map(({ subjects, checks, reasons }) => {
    const names = abridged(subjects.map((subject) => codeSpan(subject)));
    const reason = reasons.map((each) => markdownText(each)).join(' ');
    return `- ${ICONS.unknown} ${names}, ${counted(checks.length, 'check')}: ${reason}\n`;
  });
  return `\n## Could not be checked\n\n${items.join('')}`;
}

function suppressedSection(report: Report): string {
  const warnings = suppressionWarnings(report).map(
    (warning) => `- ${ICONS.warning} ${markdownText(warning)}\n`,
  );
  const found = suppressedFindings(report);
  const items = found.slice(0, MAX_SUPPRESSED).map(({ check, message, suppressed }) => {
    const until = `until ${markdownText(suppressed?.expires ?? '')}`;
    return `- ${codeSpan(check)}, ${until}, because ${markdownText(suppressed?.reason ?? '')}: ${markdownText(message)}\n`;
  });
  const rest = found.length - items.length;
  const more = rest > 0 ? `- … and ${count(rest)} more; the JSON has all.\n` : '';
  return items.length + warnings.length === 0
    ? ''
    : `\n## Suppressed\n\n${warnings.join('')}${items.join('')}${more}`;
}
