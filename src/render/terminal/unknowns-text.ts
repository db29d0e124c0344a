// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportVerdict } from '#report/report.ts';

import { abridged, counted, groupBy } from './names.ts';
import type { Style } from './style.ts';
import { hang } from './wrap.ts';

const INDENT = '  ';
const DETAIL_INDENT = '      ';

/**
 * Tells what could not be checked and why, so that nobody takes it for healthy. Subjects with the same reason
 * are one paragraph; a node's own reasons come before those of its checks. Skipped checks are not told.
 */
export function unknownsText(report: Report, style: Style): readonly string[] {
  const unknown = report.verdicts.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0) return [...notApplicable(report, style)];
  const affected = new Set(unknown.map(({ subject }) => subject));
  const nodes = report.nodes.filter(
    ({ name, unread }) => unread.length > 0 && affected.has(`node/${name}`),
  );
  const byReasons = groupBy(nodes, ({ unread }) => JSON.stringify(unread));
  const explained = new Set(nodes.map(({ name }) => `node/${name}`));
  const others = unknown.filter(({ subject }) => !explained.has(subject));
  return [
    '',
    style.bold('Could not be checked'),
    ...[...byReasons.values()].flatMap((group) => {
      const names = abridged(group.map(({ name }) => style.clean(name)));
      const [{ unread }] = group;
      return [
        ...paragraph(`${names}:`, style),
        ...unread.flatMap((reason) => hang(DETAIL_INDENT, style.clean(reason), style.width)),
      ];
    }),
    ...[...groupBy(others, ({ reason }) => reason ?? 'No reason was given.')].flatMap(
      ([reason, verdicts]) => [
        ...paragraph(`${subjectsOf(verdicts, style)}:`, style),
        ...hang(DETAIL_INDENT, style.clean(reason), style.width),
      ],
    ),
  ];
}

/** When no node pair was judged because nothing applies, the reasons why the checks were skipped are the answer. */
function notApplicable({ pairs, verdicts }: Report, style: Style): readonly string[] {
  if (pairs.unknown === 0 || pairs.checked > 0) return [];
  const skipped = verdicts.filter(({ verdict }) => verdict === 'skip');
  if (skipped.length === 0) return [];
  const reasons = [...groupBy(skipped, ({ reason }) => reason ?? 'No reason was given.')];
  return [
    '',
    style.bold('Not checked, because it does not apply here'),
    ...reasons.flatMap(([reason, group]) => {
      const checks = abridged([...new Set(group.map(({ check }) => style.clean(check)))]);
      return [
        ...paragraph(`${checks}:`, style),
        ...hang(DETAIL_INDENT, style.clean(reason), style.width),
      ];
    }),
  ];
}

function paragraph(text: string, style: Style): readonly string[] {
  return hang(`${INDENT}${style.mark('unknown')}`, text, style.width).map((line) =>
    style.tint('unknown', line),
  );
}

function subjectsOf(verdicts: readonly ReportVerdict[], style: Style): string {
  const checks = [...new Set(verdicts.map(({ check }) => check))];
  const subjects = [...new Set(verdicts.map(({ subject }) => subject))].map((subject) =>
    subject === 'cluster' ? 'the cluster' : style.clean(subject.replace(/^node\//u, '')),
  );
  const what =
    checks.length > 4
      ? counted(checks.length, 'check')
      : abridged(checks.map((check) => style.clean(check)));
  return `${what} for ${abridged(subjects)}`;
}
