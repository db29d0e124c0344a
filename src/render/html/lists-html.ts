// SPDX-License-Identifier: Apache-2.0

import type { Report, ReportNode, ReportVerdict } from '#report/report.ts';

import { abridged, count, counted, groupBy } from '../terminal/names.ts';
import { unknownGroups } from '../unknown-groups.ts';
import { markup, type Markup } from './markup.ts';

/** Nodes listed; the JSON report has all. */
const MAX_NODES = 1000;

/** What could not be checked, by reason; nothing when all could. */
export function unknownHtml(report: Report): readonly Markup[] {
  const groups = unknownGroups(report).map(
    ({ subjects, reasons, checks }) =>
      markup`<div class="reasons">
        <p>${abridged(subjects, 8)}: ${counted(checks.length, 'check')}</p>
        <ul>
          ${reasons.map((reason) => markup`<li>${reason}</li>`)}
        </ul>
      </div> `,
  );
  return groups.length === 0
    ? []
    : [
        markup`<section aria-labelledby="unknown">
          <h2 id="unknown">Could not be checked</h2>
          ${groups}
        </section> `,
      ];
}

/** Every check with how often it passed, failed, was unknown and skipped. */
export function checksHtml({ verdicts }: Report): Markup {
  const rows = [...groupBy(verdicts, ({ check }) => check)].map(([check, group]) => {
    const of = (wanted: ReportVerdict['verdict']): string =>
      count(group.filter(({ verdict }) => verdict === wanted).length);
    return markup`<tr>
      <th scope="row"><code>${check}</code></th>
      <td class="number">${of('pass')}</td>
      <td class="number">${of('fail')}</td>
      <td class="number">${of('unknown')}</td>
      <td class="number">${of('skip')}</td>
    </tr> `;
  });
  return markup`<section aria-labelledby="checks">
    <h2 id="checks">Checks</h2>
    <details>
      <summary>${counted(rows.length, 'check')}, by verdict</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Checks">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">check</th>
              <th scope="col" class="number">pass</th>
              <th scope="col" class="number">fail</th>
              <th scope="col" class="number">unknown</th>
              <th scope="col" class="number">skipped</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>
  </section> `;
}

/** Every node, how it was read, and what was not. */
export function nodesHtml({ nodes }: Report): Markup {
  const rest = nodes.length - MAX_NODES;
  return markup`<section aria-labelledby="nodes">
    <h2 id="nodes">Nodes</h2>
    <details>
      <summary>${counted(nodes.length, 'node')}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Nodes">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">Ready</th>
              <th scope="col">system</th>
              <th scope="col">pod ranges</th>
              <th scope="col">addresses</th>
              <th scope="col">read by</th>
            </tr>
          </thead>
          <tbody>
            ${nodes.slice(0, MAX_NODES).map(nodeRow)}
          </tbody>
        </table>
      </div>
      ${rest > 0 ? markup`<p>… and ${count(rest)} more.</p>` : ''}
    </details>
  </section> `;
}

function nodeRow(node: ReportNode): Markup {
  const { name, ready, os, controlPlane, podCIDRs, internalIPs, readBy, unread } = node;
  const how = readBy ?? (unread.length === 0 ? '' : 'not read');
  return markup`<tr>
    <th scope="row">${name}</th>
    <td>${ready ? 'yes' : 'no'}</td>
    <td>${os}${controlPlane ? ', control plane' : ''}</td>
    <td>${podCIDRs.join(', ')}</td>
    <td>${internalIPs.join(', ')}</td>
    <td>${how}</td>
  </tr> `;
}
