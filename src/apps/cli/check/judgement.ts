// SPDX-License-Identifier: Apache-2.0

import { counted, groupBy } from '#render/terminal/names.ts';
import type { Report, ReportFinding } from '#report/report.ts';

/** What a report comes to, without what differs from run to run: one text for each thing said, by a key. */
export type Judgement = ReadonlyMap<string, string>;

/** What one judgement says and another does not, as texts of the cluster. */
export interface JudgementChange {
  readonly appeared: readonly string[];
  readonly vanished: readonly string[];
}

/** Findings with their severity, unknown verdicts, and which nodes there are. */
export function judgementOf({ findings, verdicts, nodes }: Report): Judgement {
  return new Map<string, string>([
    ...nodes.map(({ name }) => [`node/${name}`, `node/${name}`] as const),
    ...findings.map((finding) => [findingKey(finding), findingText(finding)] as const),
    ...verdicts
      .filter(({ verdict }) => verdict === 'unknown')
      .map(({ check, subject }) => [`unknown ${check} ${subject}`, `unknown ${subject}`] as const),
  ]);
}

/** How a judgement differs from the one before. Checks that are unknown for one subject are one text. */
export function changeOf(before: Judgement, after: Judgement): JudgementChange {
  const missingIn = (one: Judgement, other: Judgement): readonly string[] =>
    [
      ...groupBy(
        [...one].filter(([key]) => !other.has(key)),
        ([, text]) => text,
      ),
    ].map(([text, same]) =>
      same.length === 1 ? text : `${text}: ${counted(same.length, 'check')}`,
    );
  return { appeared: missingIn(after, before), vanished: missingIn(before, after) };
}

function findingKey({ id, severity, suppressed }: ReportFinding): string {
  return JSON.stringify([id, severity, suppressed !== undefined]);
}

function findingText({ severity, check, node, peer, object, suppressed }: ReportFinding): string {
  const subject = node === undefined ? 'cluster' : `node/${node}`;
  const pair = peer === undefined ? subject : `${subject}->${peer}`;
  const what = object === undefined ? '' : ` ${object}`;
  return `${suppressed === undefined ? severity : 'suppressed'} ${check} ${pair}${what}`;
}
