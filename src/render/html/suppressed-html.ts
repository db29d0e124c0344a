// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportFinding } from '#report/report.ts';

import { suppressedFindings, suppressedSentence, suppressionWarnings } from '../suppressions.ts';
import { count } from '../terminal/names.ts';
import { markup, type Markup } from './markup.ts';

/** Suppressed findings listed; the JSON report has all. */
const MAX_LISTED = 250;

/** Ids of the rows of the suppressed findings that the page lists. */
export function suppressedAnchors(report: Report): ReadonlyMap<ReportFinding, string> {
  const listed = suppressedFindings(report).slice(0, MAX_LISTED);
  return new Map(listed.map((finding, index) => [finding, `s${String(index + 1)}`]));
}

/** What is suppressed, until when and why, and which suppressions have expired or match nothing. */
export function suppressedHtml(
  report: Report,
  anchors: ReadonlyMap<ReportFinding, string>,
): readonly Markup[] {
  const sentence = suppressedSentence(report);
  const warnings = suppressionWarnings(report);
  if (sentence === undefined && warnings.length === 0) return [];
  const rest = suppressedFindings(report).length - anchors.size;
  return [
    markup`<section aria-labelledby="suppressed">
      <h2 id="suppressed">Suppressed</h2>
      ${warnings.map((warning) => markup`<div class="reasons"><p>${warning}</p></div> `)}
      ${sentence === undefined ? '' : tableHtml(sentence, anchors)}
      ${rest > 0 ? markup`<p>… and ${count(rest)} more: the JSON report has all.</p>` : ''}
    </section> `,
  ];
}

function tableHtml(sentence: string, anchors: ReadonlyMap<ReportFinding, string>): Markup {
  return markup`<p>${sentence} They do not count for the exit code; the pairs that they break are broken.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Suppressed findings">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">check</th>
            <th scope="col">finding</th>
            <th scope="col">until</th>
            <th scope="col">reason</th>
          </tr>
        </thead>
        <tbody>
          ${[...anchors].map(([finding, anchor]) => row(finding, anchor))}
        </tbody>
      </table>
    </div> `;
}

function row({ check, message, suppressed }: ReportFinding, anchor: string): Markup {
  return markup`<tr id="${anchor}">
    <td><code>${check}</code></td>
    <td>${message}</td>
    <td>${suppressed?.expires ?? ''}</td>
    <td>${suppressed?.reason ?? ''}</td>
  </tr> `;
}
