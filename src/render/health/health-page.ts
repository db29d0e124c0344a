// SPDX-License-Identifier: Apache-2.0

import type { HealthReport } from '#report/health-report.ts';

import { timeText } from '../document/document-page.ts';
import { type Page, pageTable } from '../document/page.ts';
import { STATE_WORDS, verdictLine } from './verdict-line.ts';

/** A routine's report as a page. */
export function healthPage(report: HealthReport): Page {
  const { items, finishedAt, tool } = report;
  return {
    title: verdictLine(report),
    date: `Read ${timeText(finishedAt)} by Selvage ${tool.version}.`,
    summary: [],
    sections: items.map(({ title, state, summary, lines }) => ({
      title: `${STATE_WORDS[state]}: ${title}`,
      paragraphs: [`${summary}.`],
      ...(lines.length > 0 && {
        table: pageTable(
          ['more about it'],
          lines.map((line) => [line]),
        ),
      }),
    })),
  };
}
