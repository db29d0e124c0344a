// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

import type { Report, ReportFinding } from '#report/report.ts';

import { pairMatrix } from '../pair-matrix.ts';
import type { RenderOptions } from '../render-options.ts';
import { activeFindings, suppressedFindings } from '../suppressions.ts';
import { sectionsOf } from '../terminal/finding-groups.ts';
import { headline } from '../terminal/headline.ts';
import { count } from '../terminal/names.ts';
import { makeStyle, type Mark } from '../terminal/style.ts';
import { findingsHtml, type PlacedSection, placed } from './findings-html.ts';
import { checksHtml, nodesHtml, unknownHtml } from './lists-html.ts';
import { markup, Markup } from './markup.ts';
import { matrixHtml } from './matrix-html.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { suppressedAnchors, suppressedHtml } from './suppressed-html.ts';

/**
 * Nothing but the page's own style and script may act in it, each known by its hash: text from the cluster that
 * got through in spite of all could load nothing and run nothing.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hashOf(STYLE)}'`,
  `script-src 'sha256-${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
// Made here and not in a template: a formatter that adds white space would change the hash.
const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);
const SCRIPT_ELEMENT = new Markup(`<script>${SCRIPT}</script>`);
const MARKS: Readonly<Record<Mark, string>> = {
  pass: '✓',
  critical: '✗',
  warning: '!',
  info: '·',
  unknown: '?',
};

/** The report as one HTML page that needs nothing else: it can be attached to an issue, printed and kept. */
export function* renderHtml(report: Report, options: RenderOptions): Generator<string, void> {
  for (const part of parts(report, options)) yield part.text;
}

function* parts(report: Report, options: RenderOptions): Generator<Markup, void> {
  const style = makeStyle({ ...options, color: false, unicode: true });
  const { mark, text } = headline(report, style, options.narrowed);
  const findings = activeFindings(report);
  const all = sectionsOf(findings);
  const sections = placed(all);
  yield markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${MARKS[mark]} ${report.cluster.context}: Selvage report</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the findings</a>
        <header>
          <p class="brand">Selvage report</p>
          <div class="hero ${mark}">
            <h1 data-mark="${MARKS[mark]}">${text}</h1>
            ${factsHtml(report)}
          </div>
          ${tilesHtml(report)}
        </header>
        <main id="content">`;
  if (findings.length > 0) yield* findingsHtml(sections, all.length, options.checks);
  const matrix = pairMatrix(report, options.checks);
  const suppressed = suppressedAnchors(report);
  const anchorOf = anchorsOf(sections);
  if (matrix !== undefined) {
    yield* matrixHtml(matrix, (finding) => anchorOf(finding) ?? suppressed.get(finding));
  }
  yield* unknownHtml(report);
  yield* suppressedHtml(report, suppressed);
  yield markup`${checksHtml(report)}${nodesHtml(report)}</main>
<footer>Made by Selvage ${report.tool.version}. This page loads nothing and sends nothing. It holds names and addresses of your nodes.</footer>
${SCRIPT_ELEMENT}</body></html>
`;
}

function anchorsOf(
  sections: readonly PlacedSection[],
): (finding: ReportFinding) => string | undefined {
  const anchors = new Map(
    sections.flatMap(({ groups }) =>
      groups.flatMap(({ findings, anchor }) =>
        findings.map((finding): readonly [ReportFinding, string] => [finding, anchor]),
      ),
    ),
  );
  return (finding) => anchors.get(finding);
}

function factsHtml({ cluster, startedAt, finishedAt }: Report): Markup {
  const { flannel } = cluster;
  const tookMs = Date.parse(finishedAt) - Date.parse(startedAt);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Context', cluster.context],
    ['Server', cluster.server],
    ['Kubernetes', cluster.version],
    ['Flannel', flannel && (flannel.version ?? 'of unknown version')],
    ['Backend', flannel?.backend],
    ['Taken', startedAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/u, ' UTC')],
    ['In', Number.isFinite(tookMs) ? `${(tookMs / 1000).toFixed(1)} s` : undefined],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
        ],
  );
  return markup`<dl class="facts">${rows}</dl>`;
}

function tilesHtml(report: Report): Markup {
  const { pairs, nodes, verdicts } = report;
  const findings = activeFindings(report);
  const suppressed = suppressedFindings(report).length;
  const of = (severity: ReportFinding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown').length;
  const tiles: readonly (readonly [number, string, Mark])[] = [
    [nodes.length, 'nodes', 'info'],
    [pairs.checked - pairs.broken, 'node pairs hold', 'pass'],
    [pairs.broken, 'node pairs broken', 'critical'],
    [pairs.unknown, 'node pairs not checked', 'unknown'],
    [of('critical'), 'critical findings', 'critical'],
    [of('warning'), 'warnings', 'warning'],
    [unknown, 'unknown verdicts', 'unknown'],
    ...(suppressed > 0 ? [[suppressed, 'findings suppressed', 'info'] as const] : []),
  ];
  const items = tiles.map(
    ([value, name, mark]) =>
      markup`<li class="${value > 0 && mark !== 'info' ? `${mark} on` : mark}">
        <b>${count(value)}</b>${name}
      </li>`,
  );
  return markup`<ul class="tiles">
    ${items}
  </ul>`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
