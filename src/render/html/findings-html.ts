// SPDX-License-Identifier: Apache-2.0

import type { ReportFinding } from '#report/report.ts';

import type { CheckText } from '../render-options.ts';
import type { FindingGroup, Section } from '../terminal/finding-groups.ts';
import { abridged, count, counted } from '../terminal/names.ts';
import { checkPageHtml } from './check-page.ts';
import { markup, type Markup } from './markup.ts';

/** Findings of a group that are told in full. */
const MAX_TOLD = 3;
/** Further findings of a group that are listed; the rest is counted. */
const MAX_LISTED = 100;
/** Sections told; a cluster where every node has its own faults does not become a page of many megabytes. */
const MAX_SECTIONS = 250;

/** A group with the id of its first element on the page. */
export interface PlacedGroup extends FindingGroup {
  readonly anchor: string;
}

/** A section whose groups have their place on the page. */
export interface PlacedSection extends Omit<Section, 'groups'> {
  readonly groups: readonly PlacedGroup[];
}

/** Gives every group that is told its place on the page. */
export function placed(sections: readonly Section[]): readonly PlacedSection[] {
  return sections.slice(0, MAX_SECTIONS).map((section, s) => ({
    ...section,
    groups: section.groups.map((group, g) => ({
      ...group,
      anchor: `f${String(s + 1)}-${String(g + 1)}`,
    })),
  }));
}

/** The findings, section by section, each group with what to do about it. */
export function* findingsHtml(
  sections: readonly PlacedSection[],
  total: number,
  checks: readonly CheckText[],
): Generator<Markup, void> {
  const pages = new Map(checks.map(({ id, page }) => [id, page]));
  yield markup`<section aria-labelledby="findings"><h2 id="findings">Findings</h2>\n`;
  yield TOOLS;
  for (const section of sections) {
    yield markup`<section class="where"><h3>${heading(section)}</h3>\n`;
    for (const group of section.groups) {
      yield markup`${groupHtml(group, section.kind === 'shared', pages.get(group.first.check))} `;
    }
    yield markup`</section>\n`;
  }
  if (total > sections.length) {
    yield markup`<p>
      ${counted(total - sections.length, 'more node')} with findings: the JSON report has all.
    </p> `;
  }
  yield markup`</section>\n`;
}

const TOOLS: Markup = markup`<div class="tools" id="tools" role="search" hidden>
  <label
    >Filter
    <input type="search" id="filter" placeholder="node, check, address … ( / )" autocomplete="off"
  /></label>
  <label><input type="checkbox" value="critical" checked /> critical</label>
  <label><input type="checkbox" value="warning" checked /> warning</label>
  <label><input type="checkbox" value="info" checked /> info</label>
  <output id="shown" aria-live="polite"></output>
</div> `;

function heading({ kind, nodes }: PlacedSection): string {
  if (kind === 'cluster') return 'The cluster';
  return kind === 'node' ? (nodes[0] ?? '') : `${count(nodes.length)} nodes: ${abridged(nodes)}`;
}

function groupHtml(
  { first, findings, anchor }: PlacedGroup,
  isShared: boolean,
  page: string | undefined,
): Markup {
  const told = isShared ? [first] : findings.slice(0, MAX_TOLD);
  const rest = isShared ? findings : findings.slice(told.length);
  const preview = first.stability === 'preview' ? markup`<span>preview: does not count</span>` : '';
  return markup`<article
    class="finding ${first.severity}"
    id="${anchor}"
    data-severity="${first.severity}"
  >
    <div class="top">
      <span class="chip">${first.severity}</span><span>${first.title}</span
      ><code>${first.check}</code>${preview}
    </div>
    ${told.map(
      (finding) =>
        markup`<p>${isShared ? `For example: ${finding.message}` : finding.message}</p>
          ${diff(finding)} `,
    )}${rest.length === 0 ? '' : restHtml(rest, isShared)}${
      page === undefined
        ? ''
        : markup`<details>
            <summary>Why it matters, how to confirm and mend it</summary>
            ${checkPageHtml(page)}
          </details>`
    }
  </article>`;
}

function diff({ expected, observed }: ReportFinding): Markup {
  return markup`<dl class="diff">
    <div>
      <dt>expected</dt>
      <dd>${expected}</dd>
    </div>
    <div class="is">
      <dt>observed</dt>
      <dd>${observed}</dd>
    </div>
  </dl>`;
}

function restHtml(rest: readonly ReportFinding[], isShared: boolean): Markup {
  const rows = rest.slice(0, MAX_LISTED).map(
    ({ node, peer, object, expected, observed }) =>
      markup`<tr>
        <td>${node ?? 'cluster'}</td>
        <td>${peer ?? ''}</td>
        <td>${object ?? ''}</td>
        <td><code>${expected}</code></td>
        <td><code>${observed}</code></td>
      </tr> `,
  );
  const uncounted = rest.length - rows.length;
  const summary = isShared
    ? `All ${count(rest.length)} findings of this kind`
    : `${counted(rest.length, 'more finding')} of this kind`;
  return markup`<details>
    <summary>${summary}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${summary}">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">node</th>
            <th scope="col">peer</th>
            <th scope="col">object</th>
            <th scope="col">expected</th>
            <th scope="col">observed</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${uncounted === 0 ? '' : markup`<p>… and ${count(uncounted)} more: the JSON report has all.</p>`}
  </details> `;
}
