// SPDX-License-Identifier: Apache-2.0

import { InvalidArgumentError } from 'commander';

import type { CHECKS } from '#engine/registry.generated.ts';
import { nearestId } from '#engine/select-checks.ts';
import type { CheckText, Renderer } from '#render/render-options.ts';
import type { Report } from '#report/report.ts';

/** Forms of output of `selvage check`, as `-o` takes them; part of the public contract. */
export const OUTPUT_FORMATS = [
  'table',
  'wide',
  'short',
  'json',
  'yaml',
  'junit',
  'sarif',
  'markdown',
  'html',
] as const;

/** One form of output. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Forms that show the pages of checks. */
const WITH_PAGES: ReadonlySet<OutputFormat> = new Set(['sarif', 'html']);

/**
 * Reads the value of `-o`.
 *
 * @throws InvalidArgumentError for anything else, with the form that was probably meant.
 */
export function outputFormat(value: string): OutputFormat {
  const format = OUTPUT_FORMATS.find((each) => each === value);
  if (format !== undefined) return format;
  const nearest = nearestId(value, OUTPUT_FORMATS);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new InvalidArgumentError(`Allowed choices are ${OUTPUT_FORMATS.join(', ')}.${meant}`);
}

/** Loads the renderer of one form, and of no other. */
export async function loadRenderer(format: OutputFormat): Promise<Renderer<Report>> {
  switch (format) {
    case 'table': {
      const { renderReport } = await import('#render/terminal/render-report.ts');
      return (report, options) => [renderReport(report, options)];
    }
    case 'wide':
      return (await import('#render/wide/render-report.ts')).renderWide;
    case 'short':
      return (await import('#render/short/render-report.ts')).renderShort;
    case 'json':
      return (await import('#render/json/render-report.ts')).renderJson;
    case 'yaml':
      return (await import('#render/yaml/render-report.ts')).renderYaml;
    case 'junit':
      return (await import('#render/junit/render-report.ts')).renderJunit;
    case 'sarif':
      return (await import('#render/sarif/render-report.ts')).renderSarif;
    case 'markdown':
      return (await import('#render/markdown/render-report.ts')).renderMarkdown;
    case 'html':
      return (await import('#render/html/render-report.ts')).renderHtml;
  }
}

/** Loads the renderer for reports that come one after the other: JSON takes one line each. */
export async function loadWatchRenderer(format: OutputFormat): Promise<Renderer<Report>> {
  if (format !== 'json') return loadRenderer(format);
  return (await import('#render/json/render-report.ts')).renderJsonLine;
}

/** Whether a check judges pairs with the cluster's backend; while that is not known, every such check counts. */
function judgesPairsOf(backends: readonly string[] = [], backend: string | undefined): boolean {
  return backend === undefined ? backends.length > 0 : backends.includes(backend);
}

/** What a form of output shows of the checks: their pages only where it has room for them. */
export async function checkTexts(
  checks: typeof CHECKS,
  format: OutputFormat,
  backend: string | undefined,
): Promise<readonly CheckText[]> {
  const texts = checks.map((check): CheckText => {
    const { id, title, severity, stability, scope } = check;
    const judgesPairs = scope === 'node' && judgesPairsOf(check.judgesPairs, backend);
    return { id, title, severity, stability, judgesPairs };
  });
  if (!WITH_PAGES.has(format)) return texts;
  const { checkPage } = await import('../explain/check-page.ts');
  return Promise.all(texts.map(async (text) => ({ ...text, page: await checkPage(text.id) })));
}
