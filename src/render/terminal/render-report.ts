// SPDX-License-Identifier: Apache-2.0

import type { Report } from '#report/report.ts';

import { activeFindings } from '../suppressions.ts';
import { findingsText, harmlessText } from './findings-text.ts';
import { about, headline } from './headline.ts';
import { makeStyle, type Style, type TerminalOptions } from './style.ts';
import { suppressionsText } from './suppressions-text.ts';
import { unknownsText } from './unknowns-text.ts';
import { hang } from './wrap.ts';

/**
 * The report for a person at a terminal: one sentence that says it all, then what is broken, node by node, then
 * what could not be checked. One line when healthy. Ends with a line feed.
 */
export function renderReport(report: Report, options: TerminalOptions): string {
  const style = makeStyle(options);
  const { mark, text } = headline(report, style, options.narrowed);
  const first = hang(style.mark(mark), text, style.width).map((line) =>
    style.bold(style.tint(mark, line)),
  );
  const findings = activeFindings(report);
  const body = [
    ...findingsText(findings, style),
    ...unknownsText(report, style),
    ...harmlessText(findings, style),
    ...suppressionsText(report, style),
  ];
  const last = mark === 'pass' ? [] : ['', ...provenance(report, style)];
  return `${[...first, ...body, ...last].join('\n')}\n`;
}

/** Which cluster this was about, for whoever reads the text later or elsewhere. */
function provenance(report: Report, style: Style): readonly string[] {
  const { cluster } = report;
  const version = cluster.version === undefined ? '' : `, Kubernetes ${cluster.version}`;
  const text = `${about(report, style)}${style.clean(version)}, context ${style.clean(cluster.context)}.`;
  return hang('', text, style.width).map((line) => style.faint(line));
}
