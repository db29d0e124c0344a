// SPDX-License-Identifier: Apache-2.0

import type { HealthReport } from '#report/health-report.ts';

import { count } from '../terminal/names.ts';
import { printableText } from '../terminal/printable-text.ts';
import { STATE_WORDS, verdictLine } from './verdict-line.ts';

/** Most lines of the whole text: what a person reads in a mail. */
const MAX_LINES = 60;
/** The first line, the line after it, the last two. */
const FRAME_LINES = 4;
/** Longest line; the JSON has all of it. */
const MAX_LENGTH = 160;
/** Mail programs cut longer subjects. */
const MAX_SUBJECT = 120;

/** A routine's report as a mail: the first line is the subject, and the whole has at most sixty. */
export function renderHealthText(report: HealthReport, program: string): string {
  const { items, finishedAt, tool } = report;
  const linesLeft = MAX_LINES - FRAME_LINES - items.length;
  const most = Math.max(1, Math.floor(linesLeft / Math.max(1, items.length)));
  const parts = items.flatMap(({ title, state, summary, lines }) => [
    short(`[${STATE_WORDS[state]}] ${title}: ${summary}`, MAX_LENGTH),
    ...shownLines(lines, most).map((line) => `  ${short(line, MAX_LENGTH - 2)}`),
  ]);
  const end = `Read ${finishedAt} by Selvage ${tool.version}. All of it: ${program} health --${report.routine} -o json`;
  return [
    short(verdictLine(report), MAX_SUBJECT),
    '',
    ...parts,
    '',
    short(end, MAX_LENGTH),
    '',
  ].join('\n');
}

/** At most so many lines, of which the last one tells of the rest. */
function shownLines(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const shown = lines.slice(0, most - 1);
  return [...shown, `... and ${count(lines.length - shown.length)} more`];
}

function short(text: string, length: number): string {
  const clean = printableText(text);
  return clean.length <= length ? clean : `${clean.slice(0, length - 3)}...`;
}
